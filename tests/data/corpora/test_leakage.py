"""Facts and links of evaluated documents stay out of training corpora and knowledge bases."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Dict, List, Set, Tuple

import pytest

from bio_ie.commands.excluded_documents import excluded_documents
from bio_ie.data.corpora import CorpusFormat, CtdFormat, HpoFormat, JsonlFormat, PubtatorFormat
from bio_ie.files.corpus_report import CorpusReport
from bio_ie.files.source import Source
from bio_ie.knowledge import KnowledgeBase, write_knowledge_base
from bio_ie.knowledge.sources import CtdSource, HpoaSource, SourceReport
from bio_ie.knowledge.sources.hpoa import read_annotations
from bio_ie.knowledge.statements import ConceptName
from bio_ie.text.papers import paper_of

FORMATS = ["ctd", "hpo"]


def facts(corpus_format: CorpusFormat, path: Path) -> Set[Tuple[str, str, str]]:
    return {
        (paper_of(document.id), fact.head, fact.tail)
        for document in corpus_format.read(path)
        for fact in document.facts
    }


def knowledge_base(path: Path, excluded: Set[str], diseases: Path, hpoa: Path) -> KnowledgeBase:
    source = Source(hpoa, str(hpoa), "raise", CorpusReport())
    terms = sorted({annotation.term for annotation in read_annotations(source)})
    statements = {
        "ctd": CtdSource(str(diseases)).read(SourceReport()),
        # reading the ontology takes longer than the default time limit
        "hpo": [ConceptName(term, term) for term in terms],
        "hpoa": HpoaSource(str(hpoa)).read(SourceReport()),
    }
    write_knowledge_base(path, statements, exclude_documents=excluded)
    return KnowledgeBase(str(path))


def documents_of(kb: KnowledgeBase) -> Set[str]:
    """All references of all relations."""
    with closing(sqlite3.connect(kb.path)) as connection:
        return {row[0] for row in connection.execute("SELECT DISTINCT document FROM evidence")}


def relations_without_reference(kb: KnowledgeBase) -> Set[str]:
    query = """SELECT DISTINCT type FROM
        (SELECT head, type, tail FROM relation EXCEPT SELECT head, type, tail FROM evidence)"""
    with closing(sqlite3.connect(kb.path)) as connection:
        return {row[0] for row in connection.execute(query)}


@pytest.mark.parametrize("name", FORMATS)
def test_corpora_lack_the_documents_and_facts_of_evaluated_ones(
    name: str, fixtures_folder: Path, tmp_path: Path
) -> None:
    folder = fixtures_folder / "corpora" / "ctd"
    texts = folder / "abstracts.PubTator.txt"
    files = {
        "ctd": [str(folder / "*s_diseases.tsv"), str(folder / "chem_gene_ixns.csv")],
        "hpo": [str(fixtures_folder / "knowledge" / "phenotype.hpoa")],
    }[name]
    evaluated = tmp_path / "evaluated.PubTator"
    evaluated.write_text(texts.read_text().partition("\n\n")[0])
    excluded = {"file": str(evaluated), "format": "pubtator"}
    joined = {"ctd": CtdFormat, "hpo": HpoFormat}[name]
    everything = facts(joined(PubtatorFormat(), files), texts)
    training = facts(joined(PubtatorFormat(), files, exclude_documents=excluded), texts)
    test = facts(joined(PubtatorFormat(), files), evaluated)
    assert {paper for paper, _, _ in test} == {"900001"}
    assert training == everything - test
    assert training


def test_knowledge_base_lacks_what_evaluated_documents_alone_say(
    fixtures_folder: Path, tmp_path: Path
) -> None:
    folder = fixtures_folder / "knowledge"
    files = folder / "CTD_diseases.tsv", folder / "phenotype.hpoa"
    full = knowledge_base(tmp_path / "full.sqlite", set(), *files)
    texts = fixtures_folder / "corpora" / "ctd" / "abstracts.PubTator.txt"
    excluded = excluded_documents([str(texts)], "pubtator")
    kb = knowledge_base(tmp_path / "kb.sqlite", excluded, *files)
    assert documents_of(full) & excluded == {"900001", "900002", "900003"}
    assert not documents_of(kb) & excluded
    # A relation without a reference was not curated from any paper.
    assert relations_without_reference(kb) == relations_without_reference(full) == {"is_a"}


@pytest.fixture(scope="module")
def evaluated(corpus_folder: Path) -> Dict[str, str]:
    """BC5CDR's development file, as a data path."""
    path = corpus_folder / "bc5cdr" / "CDR_DevelopmentSet.PubTator.txt.gz"
    return {"file": str(path), "format": "pubtator"}


def test_ctd_training_corpus_lacks_bc5cdrs_development_documents(
    corpus_folder: Path, evaluated: Dict[str, str]
) -> None:
    table = str(corpus_folder / "ctd_bran" / "curated_ep_pubmed_ids_no_therapy.tsv.gz")
    texts = corpus_folder / "pubmed_text" / "abstracts.jsonl.gz"
    everything = facts(CtdFormat(JsonlFormat(), table), texts)
    training = facts(CtdFormat(JsonlFormat(), table, exclude_documents=evaluated), texts)
    test: List[str] = [document.id for document in PubtatorFormat().read(evaluated["file"])]
    assert {fact for fact in everything if fact[0] not in set(test)} == training
    assert len(training) < len(everything)
    # The facts that the evaluated documents are annotated with are missing too.
    annotated = {
        (document.id, f"MESH:{fact.head}", f"MESH:{fact.tail}")
        for document in PubtatorFormat().read(evaluated["file"])
        for fact in document.facts
    }
    assert annotated & everything
    assert not annotated & training


def test_open_knowledge_base_lacks_what_evaluated_documents_alone_say(
    corpus_folder: Path, evaluated: Dict[str, str], tmp_path: Path
) -> None:
    hpoa = corpus_folder / "hpo" / "phenotype.hpoa.gz"
    texts = corpus_folder / "pubmed_text" / "abstracts.jsonl.gz"
    phenotypes = {paper for paper, _, _ in facts(HpoFormat(JsonlFormat(), str(hpoa)), texts)}
    excluded = phenotypes | excluded_documents([evaluated["file"]], "pubtator")
    diseases = corpus_folder / "kb" / "CTD_diseases.tsv.gz"
    kb = knowledge_base(tmp_path / "kb.sqlite", excluded, diseases, hpoa)
    assert len(phenotypes) == 40
    assert len(documents_of(kb)) > 5000
    assert not documents_of(kb) & excluded
    assert relations_without_reference(kb) == {"is_a"}
