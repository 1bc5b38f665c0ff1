"""The behaviour of all formats with facts of a database. `CtdFormat` stands for all of them."""

import copy
import pickle

import pytest
from allennlp.common import Params
from allennlp.common.checks import ConfigurationError
from hypothesis import given, settings
from hypothesis import strategies as st

from bio_ie.data.corpora import CorpusFormat, CtdFormat
from bio_ie.data.corpora.wrappers import joined_facts as module
from bio_ie.files.corpus_error import CorpusError
from bio_ie.files.corpus_report import CorpusReport
from bio_ie.knowledge import KnowledgeBase, write_knowledge_base
from bio_ie.knowledge.candidate_generators import Candidate, CandidateGenerator
from bio_ie.knowledge.candidate_generators.exact import ExactCandidateGenerator
from bio_ie.knowledge.statements import AlternateId, ConceptName
from bio_ie.text.document import Document, Fact, Mention
from tests.data.corpora.wrappers.test_k_fold import InMemoryFormat

MARKER = "chem_disease_marker/mechanism"


@pytest.fixture
def table(tmp_path):
    """Writes a table of `(chemical, disease, paper)`."""

    def write(*rows):
        path = tmp_path / "facts.tsv"
        lines = ["ChemicalID\tDiseaseID\tPubMedIDs", *("\t".join(map(str, row)) for row in rows)]
        path.write_text("\n".join(lines) + "\n")
        return str(path)

    return write


def document(document_id, *mentions, facts=()):
    """Makes a document. Its mentions are given by text and ids."""
    text = " ".join(name for name, *_ in mentions) or "x"
    made, start = [], 0
    for number, (name, *ids) in enumerate(mentions):
        made.append(Mention(f"T{number}", start, start + len(name), "X", tuple(ids)))
        start += len(name) + 1
    return Document(document_id, text, mentions=tuple(made), facts=facts)


def read(documents, facts, report=None, **options):
    corpus_format = CtdFormat(InMemoryFormat(documents), facts, **options)
    return list(corpus_format.read("memory", report))


def pairs(document):
    return [(fact.head, fact.tail) for fact in document.facts]


def test_documents_are_found_by_the_number_of_their_paper(table):
    facts = table(("D000001", "D000002", 7))
    documents = [document(name) for name in ("7", "PMID:7", "7#2", "77", "7a")]
    assert [found.id for found in read(documents, facts)] == ["7", "PMID:7", "7#2"]


def test_facts_replace_those_of_the_documents_and_are_there_once(table):
    facts = table(("D000001", "D000002", "7|7"), ("MESH:D000001", "MeSH:D000002", 7))
    report = CorpusReport()
    (found,) = read([document("7", facts=(Fact("CID", "a", "b"),))], facts, report)
    assert found.facts == (Fact(MARKER, "MESH:D000001", "MESH:D000002"),)
    assert report.noted == {"facts left out: the documents had them before": 1}


def test_ids_are_written_as_the_mentions_write_them(table):
    facts = table(("D000001", "D000002", 7), ("D000001", "D000003", 7))
    (found,) = read([document("7", ("a", "D000001", "D000002"))], facts)
    assert pairs(found) == [("D000001", "D000002"), ("D000001", "MESH:D000003")]


def test_linked_facts_are_those_between_ids_of_mentions(table):
    facts = table(("D000001", "D000002", 7), ("D000001", "D000003", 7), ("D000001", "D000002", 8))
    documents = [
        document("7", ("a", "D000001"), ("b", "D000009", "MESH:D000002")),
        document("8", ("a", "D000001")),
    ]
    report = CorpusReport()
    (found,) = read(documents, facts, report, filter="linked")
    assert (found.id, pairs(found)) == ("7", [("D000001", "MESH:D000002")])
    assert report.noted == {
        "facts left out: by the filter 'linked'": 2,
        "documents left out: the filter leaves them no fact": 1,
    }


class Listed(CandidateGenerator):
    """A candidate generator with candidates from a table by text. It counts calls."""

    def __init__(self, candidates, k=250):
        super().__init__(k)
        self.candidates = candidates
        self.calls = 0

    def _generate(self, queries):
        self.calls += 1
        return iter([[Candidate(id, 1.0) for id in self.candidates[text]] for text, _ in queries])


CONCEPTS = [f"MESH:D00000{number}" for number in range(6)]


@given(
    st.lists(
        st.tuples(st.sampled_from(CONCEPTS), st.sampled_from(CONCEPTS), st.integers(1, 3)),
        min_size=1,
    ),
    st.dictionaries(
        st.sampled_from("uvw"), st.lists(st.sampled_from(CONCEPTS), unique=True), min_size=1
    ),
    st.lists(st.lists(st.sampled_from("uvw"), max_size=3), min_size=3, max_size=3),
    st.integers(1, 3),
)
@settings(max_examples=60)
def test_full_facts_are_those_between_candidates_of_mentions(
    tmp_path_factory, rows, candidates, names, count
):
    path = tmp_path_factory.mktemp("x") / "facts.tsv"
    lines = ["ChemicalID\tDiseaseID\tPubMedIDs", *("\t".join(map(str, row)) for row in rows)]
    path.write_text("\n".join(lines))
    candidates = {name: candidates.get(name, []) for name in "uvw"}
    documents = [
        document(str(paper), *((name,) for name in of_one)) for paper, of_one in enumerate(names, 1)
    ]
    expected = {}
    for paper, of_one in enumerate(names, 1):
        seen = {id for name in of_one for id in candidates[name][:count]}
        kept = {(head, tail) for head, tail, of in rows if of == paper and {head, tail} <= seen}
        if kept:
            expected[str(paper)] = kept
    corpus_format = CtdFormat(
        InMemoryFormat(documents),
        str(path),
        filter="full",
        candidate_generator=Listed(candidates),
        filter_candidates=count,
    )
    try:
        found = list(corpus_format.read("memory"))
    except CorpusError:  # no document is left
        found = []
    assert {document.id: set(pairs(document)) for document in found} == expected


def test_candidates_are_generated_for_many_documents_at_once(table, monkeypatch):
    monkeypatch.setattr(module, "BATCH", 3)
    facts = table(*(("D000001", "D000001", paper) for paper in range(1, 8)))
    generator = Listed({"a": ["MESH:D000001"], "b": []}, k=1)
    documents = [document(str(number), ("ab"[number % 2],)) for number in range(1, 8)]
    options = {"filter": "full", "candidate_generator": generator, "filter_candidates": 1}
    assert [found.id for found in read(documents, facts, **options)] == ["2", "4", "6"]
    assert generator.calls == 1  # the answers of the first batch of three are cached


def test_generator_must_give_as_many_candidates_as_count():
    with pytest.raises(ConfigurationError, match=r"filter_candidates is 250, but .* gives 25"):
        CtdFormat(InMemoryFormat([]), "x", filter="full", candidate_generator=Listed({}, 25))
    with pytest.raises(ConfigurationError, match="'full' needs a candidate_generator"):
        CtdFormat(InMemoryFormat([]), "x", candidate_generator=Listed({}))


@pytest.mark.parametrize("kind", ["list", "file", "corpus"])
def test_excluded_documents_are_left_out(kind, table, tmp_path):
    facts = table(("D000001", "D000002", "7|8|9"))
    (tmp_path / "ids").write_text("PMID:7\n8\n")
    (tmp_path / "corpus").write_text("7|t|a\n7|a|\n\n8|t|b\n8|a|\n")
    excluded = {
        "list": ["7", "8#2"],
        "file": str(tmp_path / "ids"),
        "corpus": {"file": str(tmp_path / "corpus"), "format": "pubtator"},
    }[kind]
    report = CorpusReport()
    documents = [document(name) for name in ("PMID:7", "8#2", "9")]
    (found,) = read(documents, facts, report, exclude_documents=excluded)
    assert found.id == "9"
    assert report.noted == {"documents left out: excluded": 2}


@pytest.fixture
def kb(tmp_path):
    statements = [
        ConceptName("MESH:D000002", "b"),
        AlternateId("MESH:D000002", "OMIM:100050"),
        ConceptName("MESH:D000001", "a"),
    ]
    write_knowledge_base(tmp_path / "kb.sqlite", {"x": statements})
    return KnowledgeBase(str(tmp_path / "kb.sqlite"))


def test_ids_become_those_of_the_knowledge_base_where_it_knows_them(table, kb):
    facts = table(("D000001", "OMIM:100050", 7), ("D000001", "OMIM:9", 7))
    report = CorpusReport()
    (found,) = read([document("7")], facts, report, knowledge_base=kb)
    assert pairs(found) == [("MESH:D000001", "MESH:D000002"), ("MESH:D000001", "OMIM:9")]
    assert report.noted == {"facts with an id that the knowledge base does not know": 1}


@pytest.mark.parametrize("link", ["MESH:D000002", "D000002", "OMIM:100050"])
def test_links_are_compared_by_the_knowledge_base(link, table, kb):
    facts = table(("D000001", "OMIM:100050", 7))
    documents = [document("7", ("a", "D000001"), ("b", link))]
    with pytest.raises(CorpusError, match="no document is left"):
        read([document("7", ("a", "D000001"), ("b", "D000009"))], facts, filter="linked")
    (found,) = read(documents, facts, filter="linked", knowledge_base=kb)
    tail = "D000002" if link == "D000002" else "MESH:D000002"
    assert pairs(found) == [("D000001", tail)]


def test_candidates_are_compared_by_the_knowledge_base(table, kb):
    facts = table(("D000001", "OMIM:100050", 7))
    generator = ExactCandidateGenerator(kb, k=250)
    options = {"filter": "full", "candidate_generator": generator}
    documents = [document("7", ("A",), ("b",))]
    (found,) = read(documents, facts, knowledge_base=kb, **options)
    assert pairs(found) == [("MESH:D000001", "MESH:D000002")]
    with pytest.raises(CorpusError, match="no document is left"):
        read(documents, facts, **options)


def test_what_is_left_out_is_logged_once(table, caplog):
    facts = table(("D000001", "D000002", 7))
    read([document("7"), document("8"), document("9")], facts)
    (record,) = caplog.records
    assert record.getMessage().splitlines() == [
        "memory: 1 document with 1 fact",
        "  2 documents left out: no fact was curated from them",
    ]


def test_losses_of_the_inner_format_are_kept_apart(table, tmp_path):
    (tmp_path / "texts.jsonl").write_text('{"id": "7", "text": "x"}\n{"id": "8"}\n')
    params = {
        "type": "ctd",
        "format": {"type": "jsonl", "on_error": "skip"},
        "facts": table(("D000001", "D000002", 7)),
    }
    report = CorpusReport()
    (found,) = CorpusFormat.from_params(Params(params)).read(tmp_path / "texts.jsonl", report)
    assert (found.id, dict(report.lost)) == ("7", {"not a document": 1})


def test_format_with_a_generator_is_built_from_a_config_pickled_and_copied(table, kb):
    params = {
        "type": "ctd",
        "format": "jsonl",
        "facts": [table(("D000001", "D000002", 7))],
        "filter": "full",
        "candidate_generator": {"type": "exact", "kb": {"path": str(kb.path)}, "k": 300},
        "exclude_documents": {"file": "x.PubTator", "format": {"type": "pubtator"}},
        "knowledge_base": {"path": kb.path},
    }
    corpus_format = CorpusFormat.from_params(Params(params))
    for other in (
        corpus_format,
        copy.deepcopy(corpus_format),
        pickle.loads(pickle.dumps(corpus_format)),
    ):
        assert len(other.table()) == 1
        assert other.exclude_documents == {"file": "x.PubTator", "format": {"type": "pubtator"}}
    params = {"type": "ctd", "format": "jsonl", "facts": "x", "exclude_documents": ["7", "8"]}
    listed = CorpusFormat.from_params(Params(params))
    assert listed.exclude_documents == ["7", "8"]
