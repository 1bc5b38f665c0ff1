"""GAD and EU-ADR in the form prepared for BioBERT: sentences with blinded arguments and a label."""

from typing import Iterator, List, Optional, Set, Tuple

from allennlp.common.checks import ConfigurationError

from bio_ie.data.corpora.corpus_format import CorpusFormat
from bio_ie.files.bad_items import BadItem, skippable
from bio_ie.files.source import Source
from bio_ie.text.document import Document, Mention, Relation

HEADER = ["index", "sentence", "label"]


@CorpusFormat.register("blinded_tsv")
class BlindedTsvFormat(CorpusFormat):
    """Reads lines `sentence<TAB>label` (train.tsv), or `index<TAB>sentence<TAB>label` below a
    header (test.tsv). In the sentence, the arguments are replaced by `@GENE$` and `@DISEASE$`. The
    label is 1 if the sentence relates them, and otherwise 0.

    Registered as a `CorpusFormat` with name "blinded_tsv".

    The placeholders become the mentions. If a placeholder occurs several times, its mentions share
    an `entity_id`. A positive sentence has a relation from every head to every tail. The label of
    every sentence, `"0"` or `"1"`, is in `metadata["label"]`. The id of a document is the file's
    name and the index, or the line number if there is no index: `test.0`, `train.1`. An empty file
    among several (dev.tsv) gives no documents; an empty file by itself is an error.

    # Parameters

    head_type, tail_type : `str`, optional (default = `"GENE"`, `"DISEASE"`)
        The words in the two placeholders, which become the types of their mentions.
    relation_type : `str`, optional (default = `"association"`)
        The type of the relation of a positive sentence, which has no direction.
    """

    def __init__(
        self,
        head_type: str = "GENE",
        tail_type: str = "DISEASE",
        relation_type: str = "association",
        on_error: str = "raise",
    ) -> None:
        super().__init__(on_error)
        if head_type == tail_type:
            raise ConfigurationError(
                f"head_type and tail_type of blinded_tsv are both {head_type!r}"
            )
        self.head_type = head_type
        self.tail_type = tail_type
        self.relation_type = relation_type

    def _read(self, source: Source) -> Iterator[Document]:
        stem = source.name.rsplit("/", 1)[-1].removesuffix(".gz").removesuffix(".tsv")
        indices: Set[str] = set()
        for line in source.lines():
            fields = line.split("\t")
            if not line or (source.line == 1 and [field.lower() for field in fields] == HEADER):
                continue
            document = None
            with skippable(source):
                index, sentence, label = _parse(fields)
                if index in indices:
                    raise BadItem("index is used twice", repr(index))
                if index is not None:
                    indices.add(index)
                document_id = f"{stem}.{source.line if index is None else index}"
                document = self._document(document_id, sentence, label)
            if document is not None:
                yield document

    def _document(self, document_id: str, text: str, label: str) -> Document:
        mentions: List[Mention] = []
        for type_ in (self.head_type, self.tail_type):
            placeholder = f"@{type_}$"
            starts = list(_places(text, placeholder))
            if not starts:
                raise BadItem("a placeholder is missing in the sentence", placeholder)
            for start in starts:
                mention_id = f"T{len(mentions) + 1}"
                mentions.append(
                    Mention(mention_id, start, start + len(placeholder), type_, entity_id=type_)
                )
        relations = [
            Relation(self.relation_type, head.id, tail.id, directed=False)
            for head in mentions
            for tail in mentions
            if label == "1" and (head.type, tail.type) == (self.head_type, self.tail_type)
        ]
        return Document(
            document_id,
            text,
            sentences=((0, len(text)),),
            mentions=tuple(mentions),
            relations=tuple(relations),
            metadata={"label": label},
        )


def _parse(fields: List[str]) -> Tuple[Optional[str], str, str]:
    if len(fields) not in (2, 3):
        raise BadItem("a line needs 2 or 3 tab-separated fields", f"found {len(fields)}")
    index = fields[0] if len(fields) == 3 else None
    sentence, label = fields[-2:]
    if label not in ("0", "1"):
        raise BadItem("the label must be 0 or 1", f"found {label!r:.80}")
    return index, sentence, label


def _places(text: str, part: str) -> Iterator[int]:
    place = text.find(part)
    while place >= 0:
        yield place
        place = text.find(part, place + len(part))
