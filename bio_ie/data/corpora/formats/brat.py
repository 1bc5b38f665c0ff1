"""The stand-off format of brat: a folder of `.txt` files, each with an `.ann` file next to it."""

import os
import re
from pathlib import Path
from typing import Iterable, Iterator, List, Optional, Tuple

from bio_ie.data.corpora.corpus_format import CorpusFormat
from bio_ie.data.corpora.formats.brat_reader import BratAnnotations
from bio_ie.data.corpora.formats.brat_writer import annotation_lines
from bio_ie.files.atomic_output import atomic_folder
from bio_ie.files.bad_items import skippable
from bio_ie.files.corpus_error import CorpusError
from bio_ie.files.corpus_report import CorpusReport
from bio_ie.files.source import Source
from bio_ie.files.unique_ids import UniqueIds
from bio_ie.text.document import Document

_ENDING = re.compile(r"\.(txt|ann)(\.gz)?$")


@CorpusFormat.register("brat")
class BratFormat(CorpusFormat):
    """Reads and writes the stand-off files of brat. The id of a document is the name of its file
    without the ending.

    Registered as a `CorpusFormat` with name "brat". Reads a folder (sorted by name), one `.txt`
    file, or a glob pattern of such files, all of them local. A missing `.ann` file means that there
    are no annotations. Writes a folder, which must not exist or must be empty.

    * `T` lines are mentions. A discontinuous mention (`0 5;10 15`) has fragments.
    * `R` lines are relations from their first to their second argument. Argument names other
      than `Arg1` and `Arg2` are kept as `metadata["roles"]`.
    * `N` lines are concept ids. brat requires `RESOURCE:ID`, so an id without a colon is written as
      `concept:ID`, and read back without `concept:`. If a name is not the mention's text,
      `metadata["names"]` has the names, one for each id.
    * `*` lines (`Equiv`) are entities. Their mentions share an `entity_id`, which is the id of the
      first of them.
    * Events, attributes and notes are counted as lost, and so are the relations and ids of events.

    The format does not hold facts, passages, sentences, tokens, scores or metadata.

    # Parameters

    symmetric : `List[str]`, optional
        The types of relations that are undirected (`<REL-TYPE>:symmetric` in an `annotation.conf`).
    on_error : `str`, optional (default = `"raise"`)
    """

    writable = True

    def __init__(self, symmetric: Optional[List[str]] = None, on_error: str = "raise") -> None:
        super().__init__(on_error)
        self._symmetric = frozenset(symmetric or ())

    # Reading

    def _files(self, path: str) -> Iterator[Tuple[Path, str]]:
        if "://" in path:
            raise CorpusError(
                "brat can only be read from local files, because a document has two files", path
            )
        if os.path.isdir(path):
            files = [(Path(path, name), os.path.join(path, name)) for name in os.listdir(path)]
        else:
            files = list(super()._files(path))
        # An .ann file counts as its .txt file, so that a missing .txt file is an error.
        texts = {
            re.sub(r"\.ann(\.gz)?$", r".txt\1", name)
            for _, name in files
            if _ENDING.search(name) or os.path.isfile(path)
        }
        for name in sorted(texts):
            # Among others an empty file is an empty document; alone it is a mistake.
            if name == path and os.path.isfile(name) and not os.path.getsize(name):
                raise CorpusError("the file is empty", name)
            yield Path(name), name

    def _read(self, source: Source) -> Iterator[Document]:
        document_id = _ENDING.sub("", source.path.name)
        document = None
        with skippable(source, document_id):
            # brat counts a byte-order mark as a character.
            text = source.text(encoding="utf-8")
            annotations = BratAnnotations(Document(document_id, text), self._symmetric)
            for ending in (".ann", ".ann.gz"):
                path = source.path.with_name(document_id + ending)
                if path.exists():
                    name = os.path.join(os.path.dirname(source.name), path.name)
                    annotations.read(Source(path, name, source.on_error, source.report))
                    break
            document = annotations.document()
        if document is not None:
            yield document

    # Writing

    def _write(self, documents: Iterable[Document], path: Path, report: CorpusReport) -> None:
        unique_name = UniqueIds(str(path))
        try:
            with atomic_folder(path) as folder:
                for document in documents:
                    name = unique_name(_file_name(document, report))
                    _write_text(folder / f"{name}.txt", document.text)
                    lines = annotation_lines(document, self._symmetric, report)
                    _write_text(folder / f"{name}.ann", "".join(f"{line}\n" for line in lines))
        except FileExistsError as error:
            raise CorpusError("brat writes a new or an empty folder", str(path)) from error


def _file_name(document: Document, report: CorpusReport) -> str:
    """The document's id, changed so that it is a valid name on every common file system."""
    name = re.sub(r'[\x00-\x1f\x7f/\\:*?"<>|\ud800-\udfff]', "_", document.id)
    while len(name.encode("utf-8")) > 200:
        name = name[:-1]
    if not name.strip(". "):
        name = "_" + name.strip(". ")
    if name != document.id:
        report.lose("document id cannot be a file name", f"document {document.id!r}")
    return name


def _write_text(path: Path, text: str) -> None:
    with open(path, "w", encoding="utf-8", newline="") as file:
        file.write(text)
