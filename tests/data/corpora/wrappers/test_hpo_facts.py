import pytest
from allennlp.common import Params

from bio_ie.data.corpora import CorpusFormat, HpoFormat, PubtatorFormat
from bio_ie.files.corpus_error import CorpusError
from bio_ie.files.corpus_report import CorpusReport
from bio_ie.knowledge import KnowledgeBase, write_knowledge_base
from bio_ie.knowledge.sources import CtdSource, SourceReport

HEAD = "#DatabaseID\tDiseaseName\tQualifier\tHPO_ID\tReference\tFrequency\tAspect\n"


@pytest.fixture
def texts(fixtures_folder):
    return fixtures_folder / "corpora" / "ctd" / "abstracts.PubTator.txt"


@pytest.fixture
def annotations(fixtures_folder):
    return str(fixtures_folder / "knowledge" / "phenotype.hpoa")


@pytest.fixture
def kb(tmp_path, fixtures_folder):
    source = CtdSource(str(fixtures_folder / "knowledge" / "CTD_diseases.tsv"))
    write_knowledge_base(tmp_path / "kb.sqlite", {"ctd": source.read(SourceReport())})
    return KnowledgeBase(str(tmp_path / "kb.sqlite"))


def facts(texts, annotations, report=None, **options):
    corpus_format = HpoFormat(PubtatorFormat(), annotations, **options)
    return [
        (document.id, fact.type, fact.head, fact.tail)
        for document in corpus_format.read(texts, report)
        for fact in document.facts
    ]


def test_annotations_are_facts_of_each_of_their_papers(texts, annotations):
    report = CorpusReport()
    assert facts(texts, annotations, report) == [
        ("900001", "has_phenotype", "OMIM:990001", "HP:9900003"),
        ("900001", "has_phenotype", "OMIM:990003", "HP:9900005"),
        ("900002", "has_phenotype", "OMIM:990001", "HP:9900003"),
        ("900003", "has_phenotype", "OMIM:990003", "HP:9900005"),
    ]
    assert report.noted == {
        "annotations left out: the disease lacks the phenotype": 1,
        "annotations left out: of another aspect than phenotypes": 1,
        "documents left out: no fact was curated from them": 1,
    }


def test_diseases_get_the_ids_of_a_knowledge_base_by_alternate_ids(texts, annotations, kb):
    heads = {fact[2] for fact in facts(texts, annotations, knowledge_base=kb)}
    assert heads == {"MESH:D900003", "OMIM:990003"}


def test_diseases_that_the_knowledge_base_lacks_stay_and_are_counted(texts, kb, tmp_path):
    (tmp_path / "x").write_text(HEAD + "ORPHA:9\tx\t\tHP:1\tPMID:900001\t\tP\n")
    report = CorpusReport()
    found = facts(texts, str(tmp_path / "x"), report, knowledge_base=kb)
    assert found == [("900001", "has_phenotype", "ORPHA:9", "HP:1")]
    assert report.noted["facts with an id that the knowledge base does not know"] == 1


def test_filter_knows_diseases_by_the_knowledge_base(texts, annotations, kb):
    linked = {"filter": "linked"}
    with pytest.raises(CorpusError, match="no document is left"):
        facts(texts, annotations, **linked)
    expected = [("900001", "has_phenotype", "MESH:D900003", "HP:9900003")]
    assert facts(texts, annotations, knowledge_base=kb, **linked) == expected


@pytest.mark.parametrize(
    "frequency, is_kept",
    [("", True), ("1/7", True), ("10%", True), ("HP:0040281", True), ("0.5%", True),
     ("0/7", False), ("0%", False), ("HP:0040285", False)],
)  # fmt: skip
def test_phenotypes_that_were_looked_for_in_vain_are_left_out(frequency, is_kept, texts, tmp_path):
    rows = f"OMIM:1\tx\t\tHP:1\tPMID:900001\t{frequency}\tP\nOMIM:1\tx\t\tHP:2\tPMID:900001\t\tP\n"
    (tmp_path / "x").write_text(HEAD + rows)
    tails = [fact[3] for fact in facts(texts, str(tmp_path / "x"))]
    assert tails == (["HP:1"] if is_kept else []) + ["HP:2"]


def test_annotations_without_a_paper_are_counted(texts, tmp_path):
    rows = "OMIM:1\tx\t\tHP:1\tOMIM:1\t\tP\nOMIM:1\tx\t\tHP:2\tOMIM:1;PMID:900001\t\tP\n"
    (tmp_path / "x").write_text(HEAD + rows)
    report = CorpusReport()
    assert [fact[3] for fact in facts(texts, str(tmp_path / "x"), report)] == ["HP:2"]
    assert report.noted["annotations left out: no PubMed id"] == 1


def test_format_is_built_from_a_config(kb):
    params = {
        "type": "hpo",
        "format": "pubtator",
        "facts": "phenotype.hpoa",
        "exclude_documents": ["1"],
        "knowledge_base": {"path": str(kb.path)},
    }
    assert isinstance(CorpusFormat.from_params(Params(params)), HpoFormat)
