"""The JSON of SpERT: sentences as tokens, entities as token spans (CoNLL04, SciERC, ADE)."""

import json
import re
from bisect import bisect_left, bisect_right
from itertools import accumulate
from pathlib import Path
from typing import Any, Dict, Iterable, Iterator, List, Mapping, Optional, Set, Tuple, Union

from bio_ie.data.corpora.corpus_format import CorpusFormat
from bio_ie.files.atomic_output import atomic_writer
from bio_ie.files.bad_items import BadItem, as_object, json_list, member, skippable
from bio_ie.files.corpus_report import CorpusReport
from bio_ie.files.source import Source
from bio_ie.text.document import Document, Mention, Relation, Span

WORD = re.compile(r"\S+")
_TEXT = "text of a sentence"
TAKEN_KEYS = {"tokens", "entities", "relations", "orig_id"}


@CorpusFormat.register("spert")
class SpertFormat(CorpusFormat):
    """Reads and writes a JSON list of `{"tokens": [...], "entities": [{"type", "start", "end"}],
    "relations": [{"type", "head", "tail"}], "orig_id"}`. Offsets count tokens, end exclusive. Head
    and tail are indices of entities.

    Registered as a `CorpusFormat` with name "spert". Reads the whole file at once.

    As in SpERT's input for prediction, `entities` and `relations` may be missing, and an item may
    also be a list of tokens, or a text that is not tokenised.

    The text of a document is the tokens joined by a space, and it has `tokens`. Its id is
    `orig_id`, or the index of the item if there is no `orig_id`. A repeated id gets the suffix
    `#2`. Other keys of an item, and an `orig_id` that is not a string, are kept in `metadata`.

    Writing uses the `tokens` of a document, or the words between white space if it has none. A
    token is split where a mention begins or ends inside it. Metadata becomes other keys of the
    item. Content that an item cannot hold is counted as lost: the spacing of the text, text outside
    the tokens, white space at the ends of a mention, fragments, concept and entity ids, scores,
    whether a relation is directed, passages, sentences and facts. Mentions are renumbered.

    # Parameters

    default_type : `str`, optional (default = `None`)
        The type of entities without one. Without it, such an entity is an error.
    on_error : `str`, optional (default = `"raise"`)
    """

    writable = True
    streams = False

    def __init__(self, default_type: Optional[str] = None, on_error: str = "raise") -> None:
        super().__init__(on_error)
        self._default_type = default_type

    def _read(self, source: Source) -> Iterator[Document]:
        for index, value in json_list(source):
            document = None
            with skippable(source, f"number {index}"):
                item = _as_item(value)
                document_id = source.ids.reserve(_document_id(item, index))
                with skippable(source, document_id):
                    document = _read_document(source, document_id, item, self._default_type)
            if document is not None:
                yield document

    def _write(self, documents: Iterable[Document], path: Path, report: CorpusReport) -> None:
        with atomic_writer(path) as file:
            separator = "["
            for document in documents:
                item = _SpertItem(document, report).item()
                file.write(separator + json.dumps(item, ensure_ascii=False))
                separator = ",\n"
            file.write("[]\n" if separator == "[" else "]\n")


def _document_id(item: Mapping[str, Any], index: int) -> str:
    orig_id = item.get("orig_id", index)
    if not isinstance(orig_id, (str, int)) or isinstance(orig_id, bool):
        raise BadItem("'orig_id' must be a string or a whole number", f"found {orig_id!r:.80}")
    return str(orig_id)


def _as_item(value: Any) -> Mapping[str, Any]:
    """The object for an item, which may be a list of tokens or a text."""
    if isinstance(value, list):
        return {"tokens": value}
    if isinstance(value, str):
        return {_TEXT: value}
    return as_object(value, "a sentence")


def _read_document(
    source: Source, document_id: str, item: Mapping[str, Any], default_type: Optional[str]
) -> Document:
    if item.keys() == {_TEXT}:
        return Document(document_id, item[_TEXT])
    tokens = member(item, "tokens", list)
    for token in tokens:
        if not isinstance(token, str) or not token:
            raise BadItem("a token must be a string that is not empty", f"found {token!r:.80}")
    ends = [end - 1 for end in accumulate(len(token) + 1 for token in tokens)]
    spans = tuple((end - len(token), end) for token, end in zip(tokens, ends, strict=True))
    mentions: Dict[int, Mention] = {}
    for index, value in enumerate(_list(item, "entities")):
        with skippable(source, document_id):
            entity = as_object(value, "an entity")
            mentions[index] = _read_mention(index, entity, spans, default_type)
    relations: Dict[Relation, None] = {}  # a set that keeps the file's order
    for value in _list(item, "relations"):
        with skippable(source, document_id):
            relation = _read_relation(as_object(value, "a relation"), mentions)
            if relation in relations:
                raise BadItem("relation is listed twice", str(dict(value)))
            relations[relation] = None
    metadata = {key: value for key, value in item.items() if key not in TAKEN_KEYS}
    if not isinstance(item.get("orig_id", ""), str):
        metadata["orig_id"] = item["orig_id"]
    return Document(
        document_id,
        " ".join(tokens),
        tokens=spans,
        mentions=tuple(mentions.values()),
        relations=tuple(relations),
        metadata=metadata,
    )


def _list(item: Mapping[str, Any], key: str) -> List[Any]:
    return member(item, key, list) if item.get(key) is not None else []


def _read_mention(
    index: int, value: Mapping[str, Any], tokens: Tuple[Span, ...], default_type: Optional[str]
) -> Mention:
    start, end = member(value, "start", int), member(value, "end", int)
    if not 0 <= start < end <= len(tokens):
        raise BadItem("entity is outside the tokens", f"{start}-{end} of {len(tokens)}")
    has_type = value.get("type") not in (None, "") or default_type is None
    type_ = member(value, "type", str) if has_type else str(default_type)
    return Mention(f"T{index + 1}", tokens[start][0], tokens[end - 1][1], type_)


def _read_relation(value: Mapping[str, Any], mentions: Mapping[int, Mention]) -> Relation:
    arguments = [member(value, role, int) for role in ("head", "tail")]
    for argument in arguments:
        if argument not in mentions:
            raise BadItem("argument of a relation is not an entity", f"{argument}")
    head, tail = (mentions[argument].id for argument in arguments)
    return Relation(member(value, "type", str), head, tail)


class _SpertItem:
    """Turns one document into an item of the file."""

    def __init__(self, document: Document, report: CorpusReport) -> None:
        self.document = document
        self.report = report
        layer = document.tokens or tuple(match.span() for match in WORD.finditer(document.text))
        self.tokens = _split(
            layer, {edge for mention in document.mentions for edge in mention.span}
        )

    def item(self) -> Dict[str, Any]:
        document = self.document
        self._count_losses()
        entities: List[Dict[str, Any]] = []
        number_of: Dict[str, int] = {}
        for mention in document.mentions:
            span = self._token_span(mention)
            if span is not None:
                number_of[mention.id] = len(entities)
                entities.append({"type": mention.type, "start": span[0], "end": span[1]})
        relations = [
            {"type": item.type, "head": number_of[item.head], "tail": number_of[item.tail]}
            for item in document.relations
            if item.head in number_of and item.tail in number_of
        ]
        self._lose(
            "relations of mentions without a token", len(document.relations) - len(relations)
        )
        return {
            "tokens": [document.text[start:end] for start, end in self.tokens],
            "entities": entities,
            "relations": relations,
            **{key: document.metadata[key] for key in document.metadata if key not in TAKEN_KEYS},
            "orig_id": self._orig_id(),
        }

    def _orig_id(self) -> Union[str, int]:
        """The number that was read as `orig_id`, or the id of the document if it was not a number.
        The id of a repeated number ends with #2, #3, ..."""
        number = self.document.metadata.get("orig_id")
        if type(number) is int and re.fullmatch(rf"{number}(#[0-9]+)?", self.document.id):
            return number
        return self.document.id

    def _token_span(self, mention: Mention) -> Optional[Span]:
        """The tokens of the mention; `None` if its text is outside all tokens."""
        first = bisect_left(self.tokens, (mention.start, mention.start))
        last = bisect_right(self.tokens, mention.end, key=lambda token: token[1])
        if first >= last:
            self._lose("mentions without a token", 1)
            return None
        if (self.tokens[first][0], self.tokens[last - 1][1]) != mention.span:
            self._lose("ends of mentions outside the tokens", 1)
        return first, last

    def _count_losses(self) -> None:
        document = self.document
        covered = 0
        outside = ""
        for start, end in (*self.tokens, (len(document.text), len(document.text))):
            outside += document.text[covered:start]
            covered = end
        self._lose("text outside the tokens", len(outside.split()))
        spaced = " ".join(document.text[start:end] for start, end in self.tokens)
        self._lose("spacing of texts", int(not outside.split() and spaced != document.text))
        self.report.lose_fields(
            document, "passages", "sentences", "facts", "mention.concept_ids", "mention.entity_id",
            "mention.fragments", "mention.score", "relation.score",
        )  # fmt: skip
        undirected = sum(not relation.directed for relation in document.relations)
        self._lose("undirected relations are written as directed", undirected)
        held = set(document.metadata) - TAKEN_KEYS
        if isinstance(self._orig_id(), int):
            held.add("orig_id")
        self.report.lose_metadata(document, document=held)

    def _lose(self, reason: str, count: int) -> None:
        self.report.lose(reason, f"document {self.document.id!r}", count)


def _split(tokens: Iterable[Span], edges: Set[int]) -> List[Span]:
    ordered = sorted(edges)
    result: List[Span] = []
    for start, end in tokens:
        inner = ordered[bisect_right(ordered, start) : bisect_left(ordered, end)]
        result.extend(zip([start, *inner], [*inner, end], strict=True))
    return result
