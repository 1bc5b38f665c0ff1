import pytest
from allennlp.common.checks import ConfigurationError

from bio_ie.data.corpora.document_ids import papers_of
from bio_ie.files.corpus_error import CorpusError


def test_papers_are_listed_in_a_file_or_a_config_or_are_those_of_a_corpus(
    tmp_path, fixtures_folder
):
    file = tmp_path / "ids"
    file.write_text("PMID:1\n\n2#2\n")
    assert papers_of(str(file)) == papers_of(["1", "PMID:2"]) == {"1", "2"}
    corpus = fixtures_folder / "corpora" / "pubtator" / "cdr_like.PubTator.txt"
    assert papers_of({"file": str(corpus), "format": "pubtator"}) == {"900001", "900002"}


def test_what_lists_no_documents_is_an_error(tmp_path):
    (tmp_path / "x").write_text("1\n1|t|A title\n")
    with pytest.raises(CorpusError, match="x:2: not one id; if this is a corpus, give its format"):
        papers_of(str(tmp_path / "x"))
    with pytest.raises(CorpusError, match="none: cannot be read"):
        papers_of("none")
    with pytest.raises(ConfigurationError, match="unknown keys"):
        papers_of({"files": "x"})
