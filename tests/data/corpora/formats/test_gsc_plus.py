import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bio_ie.data.corpora import GscPlusFormat
from bio_ie.files.corpus_error import CorpusError
from bio_ie.files.corpus_report import CorpusReport
from tests.data.corpora.broken_files import broken_files, check_only_corpus_errors, steady

TEXT = "He had humming ears.\n"
ANNOTATIONS = "[7::19]\tHP_9900005 | humming ears\n"


def write(folder, text=TEXT, annotations=ANNOTATIONS, name="7"):
    for part, content in (("Text", text), ("Annotations", annotations)):
        (folder / part).mkdir(exist_ok=True)
        if content is not None:
            (folder / part / name).write_text(content, encoding="utf-8", newline="")
    return folder / "Text" / name


def test_folder_is_read_with_nested_mentions_and_several_concepts(fixtures_folder):
    first, second = GscPlusFormat().read(fixtures_folder / "corpora/gsc_plus")
    assert (first.id, second.id) == ("101", "102")
    assert {mention.type for mention in (*first.mentions, *second.mentions)} == {"Phenotype"}
    assert [(first.text_of(mention), mention.concept_ids) for mention in first.mentions] == [
        ("spleckling of the nails", ("HP:9900001",)),
        ("severe spleckling of the nails", ("HP:9900002",)),
        ("curled left thumb", ("HP:9900003", "HP:9900004")),
        ("nail spleckling", ("HP:9900001",)),
    ]
    assert [second.text_of(mention) for mention in second.mentions] == [
        "humming ears", "naïve reflexes", "reflexes", "Humming ears"
    ]  # fmt: skip


@pytest.mark.parametrize("path", ["Text/101", "Text/*1"])
def test_a_file_or_a_pattern_finds_its_annotations(fixtures_folder, path):
    (document,) = GscPlusFormat().read(fixtures_folder / "corpora/gsc_plus" / path)
    assert len(document.mentions) == 4


def test_gzip_is_recognised_and_a_text_may_have_no_phenotype(tmp_path):
    path = write(tmp_path, annotations="\n")
    path.write_bytes(gzip.compress(path.read_bytes()))
    (document,) = GscPlusFormat().read(tmp_path)
    assert (document.text, document.mentions) == (TEXT, ())


def test_hidden_files_are_no_texts(tmp_path):
    write(tmp_path)
    write(tmp_path, annotations=None, name=".DS_Store")
    assert [document.id for document in GscPlusFormat().read(tmp_path)] == ["7"]


def test_a_text_without_annotations_is_an_error_and_alone_is_skipped(tmp_path):
    write(tmp_path, annotations=None, name="6")
    write(tmp_path)
    with pytest.raises(CorpusError, match=r"document '6': text has no annotation file"):
        list(GscPlusFormat().read(tmp_path))
    assert [document.id for document in GscPlusFormat(on_error="skip").read(tmp_path)] == ["7"]


@pytest.mark.parametrize(
    "line, reason",
    [
        ("7::19 HP_9900005 | humming ears", "not an annotation line"),
        ("[7::19]\tHP_9900005 | ", "not an annotation line"),
        ("[8::19]\tHP_9900005 | humming ears", "text differs: 'humming ears' but 'umming ears'"),
        ("[7::99]\tHP_9900005 | humming ears", "text differs"),
        ("[19::7]\tHP_9900005 | humming ears", "text differs"),
        ("[7::19]\tHP_9900005 | humming ears", "annotation is listed twice"),
    ],
)
def test_a_bad_annotation_is_an_error_and_alone_is_skipped(tmp_path, line, reason):
    write(tmp_path, annotations=f"{ANNOTATIONS}{line}\n")
    with pytest.raises(CorpusError, match=rf"Annotations/7:2: document '7': .*{reason}"):
        list(GscPlusFormat().read(tmp_path))
    report = CorpusReport()
    (document,) = GscPlusFormat(on_error="skip").read(tmp_path, report)
    assert len(document.mentions) == 1
    assert sum(report.lost.values()) == 1


def test_a_folder_without_texts_is_an_error(tmp_path):
    with pytest.raises(CorpusError, match="no document was found"):
        list(GscPlusFormat().read(tmp_path))


@steady
@given(st.sampled_from(["Text/7", "Annotations/7"]), st.data())
def test_broken_files_raise_nothing_but_corpus_errors(broken, data):
    contents = {"Text/7": TEXT.encode(), "Annotations/7": ANNOTATIONS.encode()}
    contents[broken] = data.draw(broken_files(contents[broken]))
    check_only_corpus_errors({"type": "gsc_plus"}, contents)


def test_the_real_corpus_is_read_but_for_its_known_mismatches(corpus_folder):
    report = CorpusReport()
    documents = list(GscPlusFormat(on_error="skip").read(corpus_folder / "hpo/gsc_plus", report))
    assert len(documents) == 228
    assert report.lost == {"annotation's text differs": 9, "annotation is listed twice": 4}
    mentions = [mention for document in documents for mention in document.mentions]
    assert sum(len(mention.concept_ids) for mention in mentions) == 2773 - 9 - 4
    assert all(id_.startswith("HP:") for mention in mentions for id_ in mention.concept_ids)
