"""XML without entities, document types and network, in every reader of XML."""

import threading
import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Callable, Dict, Iterator, List

import pytest

from bio_ie.data.corpora import BiocXmlFormat
from bio_ie.data.corpora.corpus_format import CorpusFormat
from bio_ie.files.corpus_error import CorpusError
from bio_ie.files.corpus_report import CorpusReport
from bio_ie.knowledge.sources import KnowledgeSource
from bio_ie.knowledge.sources.knowledge_source import SourceReport
from bio_ie.knowledge.statements import ConceptName


def bioc(text: str) -> str:
    return (
        "<collection><source/><date/><key/><document><id>1</id><passage><offset>0</offset>"
        f"<text>{text}</text></passage></document></collection>"
    )


def mesh(text: str) -> str:
    return (
        "<DescriptorRecordSet><DescriptorRecord><DescriptorUI>D1</DescriptorUI><DescriptorName>"
        f"<String>{text}</String></DescriptorName></DescriptorRecord></DescriptorRecordSet>"
    )


def pubmed(text: str) -> str:
    return (
        "<PubmedArticleSet><PubmedArticle><MedlineCitation><PMID>1</PMID><Article>"
        f"<ArticleTitle>{text}</ArticleTitle></Article></MedlineCitation></PubmedArticle>"
        "</PubmedArticleSet>"
    )


def jats(text: str) -> str:
    return f"<article><body><p>{text}</p></body></article>"


def read_corpus(name: str) -> Callable[[Path], List[str]]:
    return lambda path: [d.text for d in CorpusFormat.by_name(name)().read(path)]


def read_bioc(path: Path) -> List[str]:
    return [document.text for document in BiocXmlFormat().read(path)]


def read_source(type_: str) -> Callable[[Path], List[str]]:
    def read(path: Path) -> List[str]:
        source = KnowledgeSource.by_name(type_)(path=str(path))
        statements = source.read(SourceReport())
        return [item.name for item in statements if isinstance(item, ConceptName)]

    return read


READERS = {
    "bioc_xml": (bioc, read_bioc),
    "mesh": (mesh, read_source("mesh")),
    "pubmed_xml": (pubmed, read_corpus("pubmed_xml")),
    "jats": (jats, read_corpus("jats")),
}

every_reader = pytest.mark.parametrize(("content", "read"), READERS.values(), ids=READERS)

Content = Callable[[str], str]
Read = Callable[[Path], List[str]]


@every_reader
def test_the_content_is_read_without_entities(content: Content, read: Read, tmp_path: Path) -> None:
    (tmp_path / "x").write_text(content("aspirin &amp; rash &#945;"))
    assert read(tmp_path / "x") == ["aspirin & rash α"]


LAUGHS = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))


@every_reader
@pytest.mark.parametrize("place", ["text", "attribute"])
def test_a_billion_laughs_are_refused_at_once(
    content: Content, read: Read, tmp_path: Path, place: str
) -> None:
    document = content("&a11;" if place == "text" else "x")
    if place == "attribute":
        name = document[1:].split(">")[0].split()[0]
        document = document.replace(f"<{name}", f'<{name} a="&a11;"', 1)
    (tmp_path / "x").write_text(f'<!DOCTYPE c [<!ENTITY a0 "ha">{LAUGHS}]>{document}')
    start = time.monotonic()
    with pytest.raises(CorpusError, match=r"x:1: .*"):
        read(tmp_path / "x")
    assert time.monotonic() - start < 5


@pytest.fixture
def server() -> Iterator[Dict[str, object]]:
    """A server on this machine, and the paths that it was asked for."""
    asked: List[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_error(404)

    http = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=http.serve_forever)
    thread.start()
    yield {"url": f"http://127.0.0.1:{http.server_port}", "asked": asked}
    http.shutdown()
    thread.join()
    http.server_close()


@every_reader
def test_no_other_file_is_read(
    content: Content, read: Read, tmp_path: Path, server: Dict[str, object]
) -> None:
    (tmp_path / "secret").write_text("secret")
    (tmp_path / "c.dtd").write_text('<!ENTITY e "secret">')
    for declared in (
        f'<!DOCTYPE c [<!ENTITY e SYSTEM "file://{tmp_path}/secret">]>',
        f'<!DOCTYPE c [<!ENTITY e SYSTEM "{server["url"]}/entity">]>',
        f'<!DOCTYPE c [<!ENTITY % p SYSTEM "file://{tmp_path}/c.dtd"> %p;]>',
        f'<!DOCTYPE c [<!ENTITY % p SYSTEM "{server["url"]}/parameter"> %p;]>',
        f'<!DOCTYPE c SYSTEM "file://{tmp_path}/c.dtd">',
        f'<!DOCTYPE c SYSTEM "{server["url"]}/c.dtd">',
    ):
        (tmp_path / "x").write_text(declared + content("a&e;b"))
        with pytest.raises(CorpusError) as error_info:
            read(tmp_path / "x")
        assert "secret" not in str(error_info.value).replace(str(tmp_path), "")
    assert server["asked"] == []


@every_reader
@pytest.mark.parametrize("dtd", ['SYSTEM "BioC.dtd"', 'PUBLIC "-//X//EN" "http://x.invalid/x.dtd"'])
def test_a_document_type_may_be_declared(
    content: Content, read: Read, tmp_path: Path, dtd: str
) -> None:
    (tmp_path / "x").write_text(f"<?xml version='1.0'?><!DOCTYPE c {dtd}>" + content("aspirin"))
    assert read(tmp_path / "x") == ["aspirin"]


def test_a_document_with_an_entity_is_lost_alone(tmp_path: Path) -> None:
    document = (
        "<document><id>{}</id><passage><offset>0</offset><text>{}</text></passage></document>"
    )
    documents = document.format(1, "a&e;b") + document.format(2, "aspirin")
    (tmp_path / "x").write_text(
        f'<!DOCTYPE c [<!ENTITY e "x">]>\n<collection>{documents}</collection>'
    )
    report = CorpusReport()
    (found,) = BiocXmlFormat(on_error="skip").read(tmp_path / "x", report)
    assert (found.id, found.text) == ("2", "aspirin")
    assert report.lost == {"XML entities are not read": 1}
