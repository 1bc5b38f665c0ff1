"""Facts of the published databases, joined to the texts that are available."""

from collections import Counter
from pathlib import Path
from typing import Any, Dict, List, Set

import pytest

from bio_ie.data.corpora import CorpusFormat, CtdFormat, HpoFormat, JsonlFormat, PubtatorFormat
from bio_ie.data.corpora.wrappers.ctd_facts import read_relation_map
from bio_ie.files.corpus_report import CorpusReport
from bio_ie.files.source import Source
from bio_ie.knowledge import KnowledgeBase, write_knowledge_base
from bio_ie.knowledge.sources import CtdSource, SourceReport
from bio_ie.text.document import Document

TEXTS = "pubmed_text/abstracts.jsonl.gz"
DEVELOPMENT = "bc5cdr/CDR_DevelopmentSet.PubTator.txt.gz"


def ids(documents: List[Document]) -> Set[str]:
    return {document.id for document in documents}


@pytest.fixture(scope="module")
def cdr(corpus_folder: Path) -> List[Document]:
    return list(PubtatorFormat().read(corpus_folder / "bc5cdr" / "CDR_*.gz"))


def ctd(folder: Path, inner: CorpusFormat, **options: Any) -> CtdFormat:
    table = folder / "ctd_bran" / "curated_ep_pubmed_ids_no_therapy.tsv.gz"
    return CtdFormat(inner, str(table), **options)


def test_ctd_table_has_facts_of_1135_abstracts(corpus_folder: Path, cdr: List[Document]) -> None:
    relation_map = str(corpus_folder / "ctd_bran" / "relation_map.txt")
    corpus_format = ctd(corpus_folder, JsonlFormat(), relation_map=relation_map)
    documents = list(corpus_format.read(corpus_folder / TEXTS))
    assert len(corpus_format.table()) == 135_191
    assert len(documents) == 1135
    assert len(ids(documents) & ids(cdr)) == 877
    assert {fact.type for document in documents for fact in document.facts} == {
        "chem_disease_marker/mechanism"
    }
    bare: Dict[str, Set[str]] = {"head": set(), "tail": set()}
    for document in documents:
        for fact in document.facts:
            bare["head"].add(fact.head.partition(":")[0])
            bare["tail"].add(fact.tail.partition(":")[0])
    assert bare == {"head": {"MESH"}, "tail": {"MESH"}}


def test_ctd_table_has_a_fact_of_one_of_the_automatically_annotated_documents(
    corpus_folder: Path,
) -> None:
    path = corpus_folder / "ctd_bran" / "bioconcepts2pubtator_offsets.sample.gz"
    (document,) = ctd(corpus_folder, PubtatorFormat(on_error="skip")).read(path)
    (fact,) = document.facts
    assert fact.head.startswith("MESH:")


def test_most_facts_of_ctd_are_linked_in_bc5cdr_and_annotated_there(
    corpus_folder: Path, cdr: List[Document]
) -> None:
    """BC5CDR was made from CTD, so ids have the same spelling, and facts can be compared."""
    joined = list(ctd(corpus_folder, PubtatorFormat(), filter="linked").read(
        corpus_folder / "bc5cdr" / "CDR_*.gz"
    ))  # fmt: skip
    annotated = {(document.id, fact.head, fact.tail) for document in cdr for fact in document.facts}
    found = {(document.id, fact.head, fact.tail) for document in joined for fact in document.facts}
    assert len(joined) == 978
    assert len(found & annotated) / len(found) > 0.9


def test_phenotypes_were_found_in_40_abstracts_and_some_diseases_are_in_mesh(
    corpus_folder: Path, tmp_path: Path
) -> None:
    medic = CtdSource(str(corpus_folder / "kb" / "CTD_diseases.tsv.gz"))
    write_knowledge_base(tmp_path / "kb.sqlite", {"medic": medic.read(SourceReport())})
    corpus_format = HpoFormat(
        JsonlFormat(),
        str(corpus_folder / "hpo" / "phenotype.hpoa.gz"),
        knowledge_base=KnowledgeBase(str(tmp_path / "kb.sqlite")),
    )
    report = CorpusReport()
    documents = list(corpus_format.read(corpus_folder / TEXTS, report))
    facts = [fact for document in documents for fact in document.facts]
    assert len(documents) == 40
    heads = Counter(fact.head.partition(":")[0] for fact in facts)
    assert heads == {"MESH": 200, "OMIM": 148}
    assert {fact.tail.partition(":")[0] for fact in facts} == {"HP"}
    assert report.noted["facts with an id that the knowledge base does not know"] == 135


def test_relation_map_of_bran_has_14_types(corpus_folder: Path) -> None:
    path = corpus_folder / "ctd_bran" / "relation_map.txt"
    types = read_relation_map(Source(path, str(path), "raise", CorpusReport()))
    assert len(types) == 93
    assert len(set(types.values()) - {None}) == 14
    dropped = {relation for relation, type_ in types.items() if type_ is None}
    assert len(dropped) == 18
    assert {relation.partition("^")[0] for relation in dropped} == {
        "chem_gene_affects", "chem_gene_increases"
    }  # fmt: skip
