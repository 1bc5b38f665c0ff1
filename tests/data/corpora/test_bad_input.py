"""Errors of every format name the file, the place and the reason. With `skip`, only the bad item is
lost."""

import contextlib
import gzip
import json
from pathlib import Path
from typing import Any, Dict

import pytest

from bio_ie.data.corpora import CorpusFormat
from bio_ie.files.corpus_error import CorpusError
from bio_ie.files.corpus_report import CorpusReport

PUBTATOR = "7|t|Title\n7|a|Abstract\n7\t0\t5\tTitle\tX\tD1\n7\tCID\tD1\tD2\n"


def annotation(**changes: Any) -> Dict[str, Any]:
    location = {"offset": 0, "length": 5}
    item = {"id": "1", "infons": {"type": "X"}, "text": "Title", "locations": [location]}
    return {**item, **changes}


def bioc_json(*annotations: Any, relations: Any = (), **changes: Any) -> str:
    passage = {"offset": 0, "infons": {}, "text": "Title", "sentences": [], "relations": []}
    passage.update({"annotations": [annotation(id="ok"), *annotations], **changes})
    document = {"id": "7", "infons": {}, "passages": [passage], "relations": list(relations)}
    return json.dumps({"source": "", "documents": [document]})


def relation(*refids: str) -> Dict[str, Any]:
    nodes = [{"refid": refid, "role": "x"} for refid in refids]
    return {"id": "R", "infons": {"type": "r"}, "nodes": nodes}


def bioc_xml(old: str, new: str) -> str:
    content = (
        "<collection><document><id>7</id><passage><offset>0</offset><text>Title</text>"
        '<annotation id="ok"><infon key="type">X</infon><location offset="0" length="5"/>'
        '<text>Title</text></annotation>\n<annotation id="1"><infon key="type">Y</infon>'
        '<location offset="1" length="2"/><text>it</text></annotation></passage>'
        '<relation id="R"><infon key="type">r</infon><node refid="ok" role="a"/>'
        '<node refid="ok" role="b"/></relation></document></collection>'
    )
    assert old in content
    return content.replace(old, new)


def jsonl(**changes: Any) -> str:
    mention = {"id": "ok", "start": 0, "end": 5, "type": "X", "text": "Title"}
    document = {"id": "7", "text": "Title", "mentions": [mention], **changes}
    return json.dumps({"id": "6", "text": "Before"}) + "\n" + json.dumps(document)


def mention(**changes: Any) -> Dict[str, Any]:
    return {"id": "1", "start": 0, "end": 5, "type": "X", **changes}


BAD = {
    # format, content, what the error says
    "pubtator no columns": ("pubtator", PUBTATOR + "7 0 5 Title\n", ":5: neither a text"),
    "pubtator few columns": ("pubtator", PUBTATOR + "7\t0\t5\tTitle\n", ":5: .*6 columns: found 4"),
    "pubtator 3 columns": ("pubtator", PUBTATOR + "7\tCID\tD1\n", ":5: .*number of columns: 3"),
    "pubtator 8 columns": ("pubtator", PUBTATOR + "7" + "\ta" * 7 + "\n", "number of columns: 8"),
    "pubtator offset": (
        "pubtator",
        PUBTATOR + "7\tx\t5\tTitle\tX\tD1\n",
        ":5: .*whole number: 'x'",
    ),
    "pubtator sign": ("pubtator", PUBTATOR + "7\t-5\t5\tTitle\tX\tD1\n", ":5: .*number: '-5'"),
    "pubtator outside": ("pubtator", PUBTATOR + "7\t9\t99\tTitle\tX\tD1\n", ":5: .*9-99 of 14"),
    "pubtator reversed": ("pubtator", PUBTATOR + "7\t5\t0\tTitle\tX\tD1\n", ":5: .*5-0 of 14"),
    "pubtator text": ("pubtator", PUBTATOR + "7\t0\t5\tTotle\tX\tD1\n", ":5: .*'Totle', but 0-5"),
    "pubtator no type": ("pubtator", PUBTATOR + "7\t0\t5\tTitle\t\tD1\n", ":5: .*without a type"),
    "pubtator fact": ("pubtator", PUBTATOR + "7\tCID\t\tD1\n", ":5: .*empty column"),
    "pubtator other": ("pubtator", PUBTATOR + "8\tCID\tD1\tD1\n", ":5: .*annotation before"),
    "pubtator order": (
        "pubtator",
        PUBTATOR + "\n9\t0\t5\tTitle\tX\tD\n",
        ":6: .*annotation before",
    ),
    "pubtator abstract": ("pubtator", PUBTATOR + "\n8|a|Text\n", ":6: .*abstract before"),
    "pubtator twice": ("pubtator", PUBTATOR + "7|a|Text\n", ":5: .*second abstract"),
    "pubtator comment": (
        "pubtator",
        PUBTATOR + "7\tTranslation of Title\tHis-to-Arg\n",
        ":5: document '7': unknown number of columns: 3",
    ),
    "pubtator blank line": (
        "pubtator",
        PUBTATOR + "\n7\t0\t5\tTitle\tX\tD1\n",
        ":6: .*annotation before the title",
    ),
    "bioc_json offsets": (
        "bioc_json",
        bioc_json(annotation(locations=[{"offset": 3, "length": 5}])),
        "'7': .*3-8, which are outside",
    ),
    "bioc_json negative": (
        "bioc_json",
        bioc_json(annotation(locations=[{"offset": -1, "length": 5}])),
        "'7': .*whole number from 0: -1",
    ),
    "bioc_json length": (
        "bioc_json",
        bioc_json(annotation(locations=[{"offset": 1, "length": "5"}])),
        "'7': .*whole number from 0: '5'",
    ),
    "bioc_json text": ("bioc_json", bioc_json(annotation(text="Totle")), "'Totle', but 0-5 is"),
    "bioc_json no type": ("bioc_json", bioc_json(annotation(infons={})), "without a type"),
    "bioc_json infons": (
        "bioc_json",
        bioc_json(annotation(infons=[1])),
        "infons are not an object",
    ),
    "bioc_json which annotation": (
        "bioc_json",
        bioc_json(annotation(id="ok"), relations=[relation("ok", "ok")]),
        "the id of several annotations: 'ok'",
    ),
    "bioc_json no length": (
        "bioc_json",
        bioc_json(annotation(locations=[{"offset": 0}])),
        "'7': .*whole number from 0: None",
    ),
    "bioc_json no refid": (
        "bioc_json",
        bioc_json(relations=[{"id": "R", "infons": {"type": "r"}, "nodes": [{}, {}]}]),
        "'7': .*node has no id: None",
    ),
    "bioc_json argument": (
        "bioc_json",
        bioc_json(relations=[relation("ok", "nobody")]),
        "unknown relation argument: 'nobody'",
    ),
    "bioc_json relation type": (
        "bioc_json",
        bioc_json(relations=[{**relation("ok", "ok"), "infons": {}}]),
        "relation without a type",
    ),
    "bioc_json sentence": (
        "bioc_json",
        bioc_json(
            sentences=[{"offset": 2, "infons": {}, "text": "T", "annotations": [], "relations": []}]
        ),
        "sentence text differs",
    ),
    "bioc_xml offsets": ("bioc_xml", bioc_xml('length="2"', 'length="20"'), ":1: .*outside"),
    "bioc_xml text": ("bioc_xml", bioc_xml(">it<", ">at<"), ":1: document '7': .*'at', but 1-3"),
    "bioc_xml argument": ("bioc_xml", bioc_xml('refid="ok"', 'refid="2"'), "argument: '2'"),
    "brat offsets": ("brat", "T1\tX 0 5\tTitle\nT2\tX 0 50\tTitle\n", ".ann:2: .*outside the text"),
    "brat text": ("brat", "T1\tX 0 5\tTitle\nT2\tX 0 5\tTotle\n", ".ann:2: .*'Totle', but 0 5"),
    "brat number": ("brat", "T1\tX 0 5\tTitle\nT2\tX 0 b\tTitle\n", ".ann:2: .*whole numbers"),
    "brat columns": ("brat", "T1\tX 0 5\tTitle\nT2\tX\tTitle\n", ".ann:2: .*a T line needs"),
    "brat no type": ("brat", "T1\tX 0 5\tTitle\nT2\t 0 5\tTitle\n", ".ann:2: .*without a type"),
    "brat fragments": ("brat", "T1\tX 0 5\tTitle\nT2\tX 0 3;2 5\tTit tle\n", ":2: .*overlap"),
    "brat id twice": ("brat", "T1\tX 0 5\tTitle\nT1\tX 0 5\tTitle\n", ":2: .*used twice: T1"),
    "brat argument": ("brat", "T1\tX 0 5\tTitle\nR1\tr Arg1:T1 Arg2:T9\n", ":2: .*'T9'"),
    "brat arguments": ("brat", "T1\tX 0 5\tTitle\nR1\tr Arg1:T1\n", ":2: .*an R line needs"),
    "brat reference": ("brat", "T1\tX 0 5\tTitle\nN1\tReference T1\n", ":2: .*an N line needs"),
    "brat Equiv": ("brat", "T1\tX 0 5\tTitle\n*\tEquiv T1\n", ":2: .*line needs Equiv"),
    "brat line": ("brat", "T1\tX 0 5\tTitle\nsomething\n", ":2: .*unknown kind of line"),
    "jsonl syntax": ("jsonl", jsonl() + "\n{", ":3: line is not valid JSON"),
    "jsonl surrogate": ("jsonl", jsonl() + '\n{"id": "\\ud800"}', ":3: .*surrogate"),
    "jsonl no object": ("jsonl", jsonl() + "\n[]", ":3: .*expected a JSON object"),
    "jsonl offsets": ("jsonl", jsonl(mentions=[mention(end=6)]), ":2: document '7': .*outside"),
    "jsonl text": ("jsonl", jsonl(mentions=[mention(text="Totle")]), ":2: .*'Totle' but"),
    "jsonl id twice": ("jsonl", jsonl(mentions=[mention(), mention()]), ":2: .*used twice"),
    "jsonl argument": (
        "jsonl",
        jsonl(relations=[{"type": "r", "head": "ok", "tail": "nobody"}]),
        ":2: .*tail 'nobody'",
    ),
    "jsonl failure": ("jsonl", jsonl() + '\n{"id": "8", "error": "too long"}', ":3: .*too long"),
}


def write(folder: Path, name: str, content: str) -> Path:
    if name == "brat":
        (folder / "7.txt").write_text("Title", encoding="utf-8")
        (folder / "7.ann").write_text(content, encoding="utf-8")
        return folder / "7.txt"
    (folder / "input").write_text(content, encoding="utf-8")
    return folder / "input"


@pytest.mark.parametrize("case", BAD)
def test_bad_item_is_named_or_skipped_alone(case: str, tmp_path: Path) -> None:
    name, content, message = BAD[case]
    path = write(tmp_path, name, content)
    with pytest.raises(CorpusError, match=message) as error:
        list(CorpusFormat.by_name(name)().read(path))
    assert str(path.with_suffix("")) in str(error.value)
    report = CorpusReport()
    documents = list(CorpusFormat.by_name(name)(on_error="skip").read(path, report))
    assert sum(report.lost.values()) == 1
    assert documents[0].id in ("7", "6")
    if name != "jsonl":
        assert documents[0].text.startswith("Title")
        assert documents[0].mentions[0].span == (0, 5)


BROKEN = {
    # a file of which nothing, or not all, can be read
    "bioc_json list": ("bioc_json", "[1]", "no list of 'documents'"),
    "bioc_json detail": ("bioc_json", '{"detail": "no such paper"}', "no list of 'documents'"),
    "bioc_json part": ("bioc_json", '[{"id": "7", "passages": [1]}]', "a passage must be an obj"),
    "bioc_json lines": (
        "bioc_json",
        '{"id": "7", "passages": []}\n{"id": "8", "passages": [}\n',
        ":2: line is not valid JSON",
    ),
    "bioc_json syntax": ("bioc_json", '{"documents": [\n', ":2: not valid JSON"),
    "bioc_json lacks": ("bioc_json", '{"documents": [{"passages": []}]}', "without an id"),
    "bioc_json no id": (
        "bioc_json",
        '{"documents": [{"id": [], "infons": {}, "passages": [], "relations": []}]}',
        "without an id",
    ),
    "bioc_json gap": ("bioc_json", bioc_json(offset=10**12), "gap in the text is too long"),
    "bioc_xml syntax": ("bioc_xml", bioc_xml("</id>", "</ie>"), ":1: not valid XML: .*mismatch"),
    "bioc_xml number": ("bioc_xml", bioc_xml('length="2"', 'length="b"'), "not a BioC document"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_broken_file_says_what_is_wrong(case: str, tmp_path: Path) -> None:
    name, content, message = BROKEN[case]
    path = write(tmp_path, name, content)
    with pytest.raises(CorpusError, match=message):
        list(CorpusFormat.by_name(name)().read(path))
    report = CorpusReport()
    with contextlib.suppress(CorpusError):  # of files of which nothing can be read
        list(CorpusFormat.by_name(name)(on_error="skip").read(path, report))
    assert report.lost


NAMES = ["pubtator", "bioc_xml", "bioc_json", "jsonl", "text"]


@pytest.mark.parametrize("name", NAMES)
def test_truncated_gzip_invalid_utf8_and_empty_files_are_errors(name: str, tmp_path: Path) -> None:
    path = tmp_path / "input.gz"
    content = {"bioc_xml": bioc_xml("7", "7"), "bioc_json": bioc_json(), "jsonl": jsonl()}
    good = content.get(name, PUBTATOR).encode()
    cases = {
        "broken gzip file": gzip.compress(good)[:-12],
        "not valid (UTF-8|XML)": good.replace(b"Title", b"Titl\xe9"),
        "no document was found|not valid JSON|not valid XML": b"",
    }
    for message, data in cases.items():
        path.write_bytes(data)
        with pytest.raises(CorpusError, match=f"{path}.*({message})"):
            list(CorpusFormat.by_name(name)().read(path))


@pytest.mark.parametrize("ending", [".txt", ".ann"])
def test_brat_with_truncated_gzip_or_invalid_utf8_is_an_error(ending: str, tmp_path: Path) -> None:
    (tmp_path / "7.txt").write_text("Title")
    (tmp_path / "7.ann").write_text("T1\tX 0 5\tTitle\n")
    path = tmp_path / f"7{ending}"
    for data in (gzip.compress(b"T1\tX 0 5\tTitle\n")[:-3], b"Titl\xe9"):
        path.write_bytes(data)
        with pytest.raises(CorpusError, match=rf"7\{ending}.*(broken gzip|not valid UTF-8)"):
            list(CorpusFormat.by_name("brat")().read(tmp_path))


def test_brat_folder_without_a_text_is_empty_and_an_annotation_needs_its_text(
    tmp_path: Path,
) -> None:
    with pytest.raises(CorpusError, match="no document was found"):
        list(CorpusFormat.by_name("brat")().read(tmp_path))
    (tmp_path / "7.ann").write_text("T1\tX 0 5\tTitle\n")
    with pytest.raises(CorpusError, match=r"7\.txt: cannot be read: No such file"):
        list(CorpusFormat.by_name("brat")().read(tmp_path))


@pytest.mark.parametrize("name", [*NAMES, "brat"])
def test_missing_file_is_an_error(name: str, tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="nowhere"):
        list(CorpusFormat.by_name(name)().read(tmp_path / "nowhere"))
