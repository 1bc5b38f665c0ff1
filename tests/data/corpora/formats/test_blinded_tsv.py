import pytest
from allennlp.common.checks import ConfigurationError
from hypothesis import given

from bio_ie.data.corpora import BlindedTsvFormat
from bio_ie.files.corpus_error import CorpusError
from bio_ie.files.corpus_report import CorpusReport
from tests.data.corpora.broken_files import broken_files, check_only_corpus_errors, steady


@pytest.fixture
def folder(fixtures_folder):
    return fixtures_folder / "corpora/blinded_tsv"


def test_placeholders_are_mentions_and_a_positive_label_relates_them(folder):
    first, second, _ = BlindedTsvFormat().read(folder / "train.tsv")
    assert first.id == "train.1"
    assert [(first.text_of(mention), mention.type) for mention in first.mentions] == [
        ("@GENE$", "GENE"), ("@DISEASE$", "DISEASE")
    ]  # fmt: skip
    assert [(item.type, item.head, item.tail) for item in first.relations] == [
        ("association", "T1", "T2")
    ]
    assert first.metadata == {"label": "1"}
    assert len(second.mentions) == 2
    assert second.relations == ()
    assert second.metadata == {"label": "0"}


def test_a_placeholder_that_occurs_twice_is_one_entity_with_two_mentions(folder):
    *_, document = BlindedTsvFormat().read(folder / "train.tsv")
    assert [mention.entity_id for mention in document.mentions] == ["GENE", "GENE", "DISEASE"]
    assert [(item.head, item.tail) for item in document.relations] == [("T1", "T3"), ("T2", "T3")]


def test_the_header_is_skipped_and_the_index_names_the_document(folder):
    documents = list(BlindedTsvFormat().read(folder / "test.tsv"))
    assert [document.id for document in documents] == ["test.0", "test.1"]
    assert documents[1].text == '@GENE$ spares "@DISEASE$" mice.'


def test_an_empty_file_is_an_error_alone_but_not_among_others(folder):
    with pytest.raises(CorpusError, match=r"dev\.tsv: no document was found"):
        list(BlindedTsvFormat().read(folder / "dev.tsv"))
    documents = list(BlindedTsvFormat().read(folder / "*.tsv"))
    assert len({document.id for document in documents}) == len(documents) == 5


def test_other_placeholders_and_types_can_be_named(tmp_path):
    path = tmp_path / "drugs.tsv"
    path.write_text("@CHEMICAL$ inhibits @GENE$\t1\n")
    (document,) = BlindedTsvFormat("CHEMICAL", "GENE", "CPR").read(path)
    assert [mention.type for mention in document.mentions] == ["CHEMICAL", "GENE"]
    assert document.relations[0].type == "CPR"
    with pytest.raises(ConfigurationError, match="both 'DRUG'"):
        BlindedTsvFormat("DRUG", "DRUG")


@pytest.mark.parametrize(
    "line, reason",
    [
        ("@GENE$ and @DISEASE$", "a line needs 2 or 3"),
        ("a\tb\tc\td", "a line needs 2 or 3"),
        ("@GENE$ and @DISEASE$\t2", "the label must be 0 or 1"),
        ("@GENE$ and nothing\t1", r"a placeholder is missing in the sentence: @DISEASE\$"),
        ("0\t@GENE$ and @DISEASE$\t1", "index is used twice"),
    ],
)
def test_a_bad_line_is_an_error_and_alone_is_skipped(tmp_path, line, reason):
    path = tmp_path / "bad.tsv"
    good = "0\t@GENE$ and @DISEASE$\t1"
    path.write_text(f"{good}\n{line}\n1{good[1:]}\n")
    with pytest.raises(CorpusError, match=reason) as error:
        list(BlindedTsvFormat().read(path))
    assert f"{path}:2" in str(error.value)
    report = CorpusReport()
    documents = list(BlindedTsvFormat(on_error="skip").read(path, report))
    assert [document.id for document in documents] == ["bad.0", "bad.1"]
    assert sum(report.lost.values()) == 1


@steady
@given(broken_files(b"index\tsentence\tlabel\n0\t@GENE$ or @DISEASE$\t1\n1\t@DISEASE$ @GENE$\t0\n"))
def test_broken_files_raise_nothing_but_corpus_errors(content):
    check_only_corpus_errors({"type": "blinded_tsv"}, {"bad.tsv": content})


@pytest.mark.parametrize("corpus, sentences, positive", [("GAD", 5330, 2801), ("euadr", 355, 262)])
def test_every_fold_has_the_published_counts(corpus_folder, corpus, sentences, positive):
    folds = [corpus_folder / f"gad_euadr/{corpus}/{fold}" for fold in range(1, 11)]
    texts = []
    for fold in folds:
        documents = list(BlindedTsvFormat().read(fold / "*.tsv"))
        assert len({document.id for document in documents}) == len(documents) == sentences
        assert sum(len(document.relations) for document in documents) == positive
        for document in documents:
            assert {document.text_of(item) for item in document.mentions} == {"@GENE$", "@DISEASE$"}
            assert len(document.mentions) == 2
        texts.append(sorted(document.text for document in documents))
    assert all(fold_texts == texts[0] for fold_texts in texts)
