"""The stand-off format of brat: a folder of `.txt` files, each with an `.ann` file next to it."""

import os
import re
from itertools import islice
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
from bio_ie.text.counted import Phrase
from bio_ie.text.document import Document

ANNOTATIONS = (".ann", ".a1", ".a2")
"""The endings of annotation files, in the order in which they are read. The BioNLP shared tasks
split the annotations of a text into given ones (`.a1`) and those to predict (`.a2`)."""

_ENDING = re.compile(r"\.(txt|ann|a1|a2)(\.gz)?$")

_NO_ANNOTATIONS = Phrase("texts have no annotation file", one="text has no annotation file")


@CorpusFormat.register("brat")
class BratFormat(CorpusFormat):
    """Reads and writes the stand-off files of brat. The id of a document is the name of its file
    without the ending.

    Registered as a `CorpusFormat` with name "brat". Reads a folder (sorted by name), one `.txt`
    file, or a glob pattern of such files, all of them local. The annotations of a text are in a
    file with the ending `.ann`, or in two with `.a1` and `.a2` (BioNLP shared tasks). A text with
    none of them has no annotations, and is counted. Writes a folder, which must not exist or must
    be empty.

    * `T` lines are mentions, those of triggers of events too. A discontinuous mention
      (`0 5;10 15`) has fragments.
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
    default_type : `str`, optional (default = `None`)
        The type of mentions without one. Without it, such a mention is an error.
    on_error : `str`, optional (default = `"raise"`)
    """

    writable = True

    def __init__(
        self,
        symmetric: Optional[List[str]] = None,
        default_type: Optional[str] = None,
        on_error: str = "raise",
    ) -> None:
        super().__init__(on_error)
        self._default_type = default_type
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
        # An annotation file counts as its .txt file, so that a missing .txt file is an error.
        texts = {
            _text_of(name) for _, name in files if _ENDING.search(name) or os.path.isfile(path)
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
            without = Document(document_id, text)
            annotations = BratAnnotations(without, self._symmetric, self._default_type)
            files = list(_annotation_files(source.path))
            source.report.note(_NO_ANNOTATIONS, int(not files))
            for path in files:
                name = os.path.join(os.path.dirname(source.name), path.name)
                annotations.read(Source(path, name, source.on_error, source.report))
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


def _text_of(name: str) -> str:
    """The `.txt` file that a file belongs to. Only one of the two may be compressed."""
    ending = _ENDING.search(name)
    if ending is None or ending[1] == "txt":
        return name
    text = name[: ending.start()] + ".txt"
    return text + ".gz" if not os.path.exists(text) and os.path.exists(text + ".gz") else text


def _annotation_files(text: Path) -> Iterator[Path]:
    stem = _ENDING.sub("", text.name)
    for ending in ANNOTATIONS:
        paths = (text.with_name(stem + ending + gz) for gz in ("", ".gz"))
        yield from islice(filter(Path.exists, paths), 1)


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
