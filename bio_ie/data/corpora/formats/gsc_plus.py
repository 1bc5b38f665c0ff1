"""GSC+: abstracts with stand-off annotations of phenotypes."""

import re
from pathlib import Path
from typing import Dict, Iterator, List

from bio_ie.data.corpora.corpus_format import CorpusFormat
from bio_ie.data.corpora.mention_texts import agrees
from bio_ie.files.bad_items import BadItem, skippable
from bio_ie.files.corpus_error import quoted
from bio_ie.files.source import Source
from bio_ie.text.document import Document, Mention, Span

ANNOTATION = re.compile(r"\[([0-9]{1,9})::([0-9]{1,9})\]\t(\S+) \| (.+)")


@CorpusFormat.register("gsc_plus")
class GscPlusFormat(CorpusFormat):
    """Reads the corpus of Groza et al. (2015), extended by Lobo et al. (2017). The texts are in a
    folder `Text`. The annotations are in files with the same names in a folder `Annotations` next
    to it, as lines like `[14::27]<tab>HP_0001156 | text`. Offsets count characters of the text, end
    exclusive.

    Registered as a `CorpusFormat` with name "gsc_plus". Reads the folder that contains these two
    folders, or one text, or a glob pattern of texts. The id of a document is the name of its file.
    Mentions have the type `Phenotype` and ids as in the ontology (`HP:0001156`). A span that is
    annotated with several concepts becomes one mention with several ids. Mentions may be nested.

    Nine annotations of the corpus differ from the text at their offsets; `on_error: "skip"` leaves
    them out.
    """

    def _read(self, source: Source) -> Iterator[Document]:
        if not source.path.is_dir():
            yield from _read_text(source)
            return
        for path in sorted(source.path.glob("Text/[!.]*")):
            yield from _read_text(_of(source, path))


def _read_text(source: Source) -> Iterator[Document]:
    document_id = Path(source.name).name
    document = None
    with skippable(source, document_id):
        annotations = source.path.parent.parent / "Annotations" / source.path.name
        if not annotations.is_file():
            raise BadItem("text has no annotation file", f"Annotations/{source.path.name}")
        text = source.text()
        mentions = _mentions(_of(source, annotations), document_id, text)
        document = Document(document_id, text, mentions=tuple(mentions))
    if document is not None:
        yield document


def _of(source: Source, path: Path) -> Source:
    return Source(path, str(path), source.on_error, source.report)


def _mentions(source: Source, document_id: str, text: str) -> List[Mention]:
    concepts: Dict[Span, List[str]] = {}  # in the file's order
    for line in source.lines():
        if not line.strip():
            continue
        with skippable(source, document_id):
            match = ANNOTATION.fullmatch(line)
            if match is None:
                raise BadItem("not an annotation line", quoted(line))
            span = (int(match[1]), int(match[2]))
            found = text[slice(*span)]
            if not agrees(match[4], found, source.report):
                raise BadItem(
                    "annotation's text differs",
                    f"{quoted(match[4])} but {quoted(found)} at {match[1]}::{match[2]}",
                )
            concept = match[3].replace("_", ":", 1)
            if concept in concepts.setdefault(span, []):
                raise BadItem("annotation is listed twice", quoted(line))
            concepts[span].append(concept)
    return [
        Mention(f"T{number}", *span, "Phenotype", concept_ids=tuple(ids))
        for number, (span, ids) in enumerate(concepts.items(), 1)
    ]
