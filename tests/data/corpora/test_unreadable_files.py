"""The errors of every single-file format for files that are not text or that break off."""

import contextlib
import gzip

import pytest

from bio_ie.data.corpora import CorpusFormat
from bio_ie.files.corpus_error import CorpusError
from bio_ie.files.corpus_report import CorpusReport

FILES = {
    "ade": "ade/DRUG-AE.rel",
    "biorelex": "biorelex/sentences.json",
    "blinded_tsv": "blinded_tsv/train.tsv",
    "i2b2": "i2b2/txt/visit-1.txt",
    "lstm_er": "lstm_er/harrow.split.txt",
    "spert": "spert/sentences.json",
}


@pytest.fixture(params=sorted(FILES))
def name(request):
    return request.param


@pytest.fixture
def broken(name, fixtures_folder, tmp_path):
    """Copies the fixture of a format, with its companion files, to a place where the test can break
    its first file."""
    source = fixtures_folder / "corpora" / FILES[name]
    content = source.read_bytes()
    for companion in source.parent.iterdir():
        (tmp_path / companion.name).write_bytes(companion.read_bytes())
    concepts = source.parent.parent / "concept/visit-1.con"
    if concepts.is_file():
        (tmp_path / concepts.name).write_bytes(concepts.read_bytes())
    return tmp_path / source.name, content


def expect(name, path, reason):
    with pytest.raises(CorpusError, match=reason) as error:
        list(CorpusFormat.by_name(name)().read(path))
    assert str(path) in str(error.value)
    report = CorpusReport()
    # Some formats read a few documents before the file breaks off.
    with contextlib.suppress(CorpusError):
        list(CorpusFormat.by_name(name)(on_error="skip").read(path, report))
    assert sum(report.lost.values()) == 1


def test_gzip_is_read_whatever_the_name(name, broken):
    path, content = broken
    plain = list(CorpusFormat.by_name(name)().read(path))
    path.write_bytes(gzip.compress(content))
    assert list(CorpusFormat.by_name(name)().read(path)) == plain


def test_truncated_gzip(name, broken):
    path, content = broken
    path.write_bytes(gzip.compress(content)[:-9])
    expect(name, path, "broken gzip file")


def test_invalid_utf8(name, broken):
    path, content = broken
    path.write_bytes(content[:-3] + b"\xff" + content[-3:])
    expect(name, path, "not valid UTF-8")


def test_windows_line_ends_change_no_annotation(name, broken):
    path, content = broken
    if name == "lstm_er":
        pytest.skip("its offsets count the characters of the file, line ends included")
    plain = list(CorpusFormat.by_name(name)().read(path))
    path.write_bytes(content.replace(b"\n", b"\r\n"))
    assert list(CorpusFormat.by_name(name)().read(path)) == plain


@pytest.mark.parametrize("name", ["ade", "biorelex", "blinded_tsv", "spert"])
def test_an_empty_file(name, tmp_path):
    (tmp_path / "empty").write_bytes(b"")
    with pytest.raises(CorpusError, match=r"empty(:1)?: (no document was found|not valid JSON)"):
        list(CorpusFormat.by_name(name)().read(tmp_path / "empty"))


def test_a_file_that_is_absent_or_a_folder(name, tmp_path):
    for path in (tmp_path / "absent", tmp_path):
        with pytest.raises(CorpusError, match=r"cannot be read|no document was found"):
            list(CorpusFormat.by_name(name)().read(path))
