import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bio_ie.data.corpora import I2b2Format
from bio_ie.files.corpus_error import CorpusError
from bio_ie.files.corpus_report import CorpusReport
from tests.data.corpora.broken_files import broken_files, check_only_corpus_errors, steady

TEXT = "He took dolvamine .\nThe rash came  back .\n"
CONCEPTS = 'c="dolvamine" 1:2 1:2||t="treatment"\nc="the rash" 2:0 2:1||t="problem"\n'
RELATIONS = 'c="dolvamine" 1:2 1:2||r="TrCP"||c="the rash" 2:0 2:1\n'


def write(folder, text=TEXT, concepts=CONCEPTS, relations=RELATIONS, name="note"):
    (folder / f"{name}.txt").write_text(text, newline="")
    if concepts is not None:
        (folder / f"{name}.con").write_text(concepts)
    if relations is not None:
        (folder / f"{name}.rel").write_text(relations)
    return folder / f"{name}.txt"


def test_the_official_layout_is_read_from_its_folder(fixtures_folder):
    first, second = I2b2Format().read(fixtures_folder / "corpora/i2b2")
    assert (first.id, second.id) == ("visit-1", "visit-2")
    assert [(first.text_of(mention), mention.type) for mention in first.mentions] == [
        ("mild Headache", "problem"),
        ("her fall", "problem"),
        ("Her headache", "problem"),
        ("dolvamine", "treatment"),
    ]
    assert [(relation.type, relation.head, relation.tail) for relation in first.relations] == [
        ("TrAP", "T4", "T3"), ("PIP", "T1", "T2")
    ]  # fmt: skip
    assert [first.text[start:end] for start, end in first.sentences] == [
        "REASON FOR VISIT :",
        "The patient reported  mild Headache after her fall .",
        "Her headache was treated with dolvamine .",
    ]
    assert [first.text[start:end] for start, end in first.tokens] == first.text.split()


@pytest.mark.parametrize("path", ["txt/visit-1.txt", "txt/*-1.txt"])
def test_a_file_or_a_pattern_finds_its_companions(fixtures_folder, path):
    (document,) = I2b2Format().read(fixtures_folder / "corpora/i2b2" / path)
    assert len(document.relations) == 2


def test_files_side_by_side_with_windows_line_ends_and_gzip(tmp_path):
    path = write(tmp_path, TEXT.replace("\n", "\r\n"), CONCEPTS.replace("\n", "\r\n"))
    path.write_bytes(gzip.compress(path.read_bytes()))
    (document,) = I2b2Format().read(tmp_path)
    assert [document.text_of(mention) for mention in document.mentions] == ["dolvamine", "The rash"]
    assert len(document.relations) == 1


@pytest.mark.parametrize("token", [3, 4])
def test_offsets_may_count_words_or_the_gaps_between_single_spaces(tmp_path, token):
    path = write(tmp_path, concepts=f'c="back" 2:{token} 2:{token}||t="test"', relations=None)
    (document,) = I2b2Format().read(path)
    assert document.text_of(document.mentions[0]) == "back"


def test_a_concept_may_span_lines(tmp_path):
    path = write(tmp_path, concepts='c=". the rash" 1:3 2:1||t="problem"', relations=None)
    (document,) = I2b2Format().read(path)
    assert document.text_of(document.mentions[0]) == ".\nThe rash"


def test_relation_files_may_be_absent_altogether_but_not_for_one_record(tmp_path):
    write(tmp_path, relations=None)
    (document,) = I2b2Format().read(tmp_path)
    assert document.relations == ()
    write(tmp_path, name="other")
    with pytest.raises(CorpusError, match=r"record has no relation file: note\.rel"):
        list(I2b2Format().read(tmp_path))
    assert len(list(I2b2Format(on_error="skip").read(tmp_path))) == 2


def test_a_record_without_concepts_is_an_error_and_alone_is_skipped(tmp_path):
    write(tmp_path, concepts=None, name="bare")
    write(tmp_path)
    with pytest.raises(CorpusError, match=r"bare\.txt: document 'bare': record has no concept"):
        list(I2b2Format().read(tmp_path))
    assert [document.id for document in I2b2Format(on_error="skip").read(tmp_path)] == ["note"]


def test_a_broken_companion_loses_its_record_alone(tmp_path):
    write(tmp_path, name="broken")
    (tmp_path / "broken.con").write_bytes(b'c="\xff\n')
    write(tmp_path)
    with pytest.raises(CorpusError, match=r"broken\.con.*not valid UTF-8"):
        list(I2b2Format().read(tmp_path))
    report = CorpusReport()
    documents = list(I2b2Format(on_error="skip").read(tmp_path, report))
    assert [document.id for document in documents] == ["note"]
    assert sum(report.lost.values()) == 1


def test_a_folder_without_records_is_an_error(tmp_path):
    with pytest.raises(CorpusError, match="no document was found"):
        list(I2b2Format().read(tmp_path))


@pytest.mark.parametrize(
    "line, reason",
    [
        ("rash", "not a concept line"),
        ('c="back" 2:3||t="test"', "not a concept line"),
        ('c="back" 9:3 9:3||t="test"', "outside the record or reversed"),
        ('c="back" 0:3 0:3||t="test"', "outside the record or reversed"),
        ('c="back" 2:3 2:77||t="test"', "outside the record or reversed"),
        ('c="back" 2:3 2:1||t="test"', "outside the record or reversed"),
        ('c="pain" 2:3 2:3||t="test"', "concept's text differs: 'pain' but 'back' at 2:3 2:3"),
        (CONCEPTS.split("\n")[0], "concept is listed twice"),
    ],
)
def test_a_bad_concept_is_an_error_and_alone_is_skipped(tmp_path, line, reason):
    path = write(tmp_path, concepts=f"{CONCEPTS}{line}\n")
    with pytest.raises(CorpusError, match=reason) as error:
        list(I2b2Format().read(path))
    assert f"{tmp_path / 'note.con'}:3" in str(error.value)
    report = CorpusReport()
    (document,) = I2b2Format(on_error="skip").read(path, report)
    assert (len(document.mentions), len(document.relations)) == (2, 1)
    assert sum(report.lost.values()) == 1


@pytest.mark.parametrize(
    "line, reason",
    [
        ('c="dolvamine" 1:2 1:2||r=""||c="the rash" 2:0 2:1', "not a relation line"),
        ('c="took" 1:1 1:1||r="TrCP"||c="the rash" 2:0 2:1', "is no concept: 'took'"),
        ('c="dolvamine" 1:2 1:2||r="TrCP"||c="rash" 2:0 2:1', "concept's text differs"),
        (RELATIONS.strip(), "relation is listed twice"),
    ],
)
def test_a_bad_relation_is_an_error_and_alone_is_skipped(tmp_path, line, reason):
    path = write(tmp_path, relations=f"{RELATIONS}{line}\n")
    with pytest.raises(CorpusError, match=reason) as error:
        list(I2b2Format().read(path))
    assert f"{tmp_path / 'note.rel'}:2" in str(error.value)
    (document,) = I2b2Format(on_error="skip").read(path)
    assert len(document.relations) == 1


def test_an_argument_that_is_two_concepts_is_ambiguous(tmp_path):
    path = write(tmp_path, concepts=CONCEPTS + 'c="dolvamine" 1:2 1:2||t="problem"\n')
    with pytest.raises(CorpusError, match="is several concepts"):
        list(I2b2Format().read(path))


@steady
@given(
    st.sampled_from(["note.txt", "note.con", "note.rel"]),
    st.data(),
)
def test_broken_files_raise_nothing_but_corpus_errors(broken, data):
    files = {"note.txt": TEXT, "note.con": CONCEPTS, "note.rel": RELATIONS}
    contents = {name: text.encode() for name, text in files.items()}
    contents[broken] = data.draw(broken_files(contents[broken]))
    check_only_corpus_errors({"type": "i2b2"}, contents)


def test_the_real_examples_are_read_completely(corpus_folder):
    folder = corpus_folder / "i2b2_format"
    for name, count in (("ex_doc", 58), ("single", 1)):
        (document,) = I2b2Format().read(folder / f"{name}.txt")
        lines = (folder / f"{name}.con").read_text().split("\n")
        listed = [line.split('"')[1] for line in lines if line]
        assert len(document.mentions) == count
        assert [document.text_of(mention).lower() for mention in document.mentions] == listed
    # The folder's README.txt is not a record. It is an error and not skipped silently.
    with pytest.raises(CorpusError, match="record has no concept file"):
        list(I2b2Format().read(folder))
