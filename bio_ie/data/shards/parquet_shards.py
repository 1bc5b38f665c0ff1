"""Shards as Parquet tables, which DuckDB, pandas, Polars and Spark read."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, Dict, Iterator, List, Mapping, Optional, Sequence, Tuple

from allennlp.common.checks import ConfigurationError

from bio_ie.data.shards.shard_format import STEP, ShardFormat
from bio_ie.files.corpus_error import CorpusError
from bio_ie.text.document import Document, DocumentError, Fact, Mention, Passage, Relation

if TYPE_CHECKING:
    import pyarrow

TABLES = ("documents", "mentions", "links", "relations", "facts")

Row = Dict[str, Any]


@ShardFormat.register("parquet")
class ParquetShards(ShardFormat):
    """
    Five tables: `documents`, `mentions`, `links` (a row for each concept of a mention), `relations`
    and `facts`. Each row has the `document_id` and the number of its document in the shard, since
    ids can repeat. `metadata` is JSON text. What a step of a pipeline gave has the name of the step
    in the column `step`.

    Registered as a `ShardFormat` with name "parquet". It needs the library pyarrow, which
    `pip install 'bio_ie[parquet]'` installs.
    """

    def write(self, documents: Sequence[Document], folder: Path) -> None:
        pyarrow, parquet = _pyarrow()
        rows: Dict[str, List[Row]] = {name: [] for name in TABLES}
        for number, document in enumerate(documents):
            for name, some in _rows(number, document).items():
                rows[name] += some
        for name, schema in _schemas(pyarrow).items():
            table = pyarrow.Table.from_pylist(rows[name], schema=schema)
            parquet.write_table(table, _path(folder, name), compression="zstd")

    def read(self, folder: Path) -> Iterator[Document]:
        pyarrow, parquet = _pyarrow()
        try:
            tables = {
                name: parquet.read_table(_path(folder, name), schema=schema).to_pylist()
                for name, schema in _schemas(pyarrow).items()
            }
            yield from _documents(tables)
        except (OSError, pyarrow.ArrowException, DocumentError, LookupError, ValueError) as error:
            raise CorpusError(f"the shard is damaged: {error}", str(folder)) from error


def _pyarrow() -> Tuple[Any, Any]:
    try:
        import pyarrow
        from pyarrow import parquet
    except ImportError as error:
        raise ConfigurationError(
            "Parquet needs the library pyarrow: pip install 'bio_ie[parquet]', or pip install "
            "pyarrow"
        ) from error
    return pyarrow, parquet


def _path(folder: Path, table: str) -> Path:
    return folder / f"{table}.parquet"


def _schemas(pa: Any) -> "Dict[str, pyarrow.Schema]":
    span = pa.struct([("start", pa.int32()), ("end", pa.int32())])
    passage = pa.struct([("type", pa.string()), *span, ("metadata", pa.string())])
    of_document = [("document", pa.int32()), ("document_id", pa.string())]
    text, score, given = (
        pa.string(),
        pa.float64(),
        [("step", pa.string()), ("metadata", pa.string())],
    )
    columns = {
        "documents": [
            *of_document,
            ("text", text),
            ("passages", pa.list_(passage)),
            ("sentences", pa.list_(span)),
            ("tokens", pa.list_(span)),
            ("metadata", text),
        ],
        "mentions": [
            *of_document,
            ("id", text),
            ("start", pa.int32()),
            ("end", pa.int32()),
            ("text", text),
            ("type", text),
            ("entity_id", text),
            ("fragments", pa.list_(span)),
            ("score", score),
            *given,
        ],
        "links": [
            *of_document,
            ("mention_id", text),
            ("rank", pa.int32()),
            ("concept_id", text),
        ],
        "relations": [
            *of_document,
            ("type", text),
            ("head", text),
            ("tail", text),
            ("score", score),
            ("directed", pa.bool_()),
            *given,
        ],
        "facts": [
            *of_document,
            ("type", text),
            ("head", text),
            ("tail", text),
            ("score", score),
            *given,
        ],
    }
    return {name: pa.schema(columns[name]) for name in TABLES}


# Documents as rows


def _rows(number: int, document: Document) -> Dict[str, List[Row]]:
    own = {"document": number, "document_id": document.id}
    return {
        "documents": [
            {
                **own,
                "text": document.text,
                "passages": [
                    {**_span(p.start, p.end), "type": p.type, "metadata": _json(p.metadata)}
                    for p in document.passages
                ],
                "sentences": [_span(*span) for span in document.sentences],
                "tokens": [_span(*span) for span in document.tokens],
                "metadata": _json(document.metadata),
            }
        ],
        "mentions": [
            {
                **own,
                "id": mention.id,
                **_span(mention.start, mention.end),
                "text": document.text_of(mention),
                "type": mention.type,
                "entity_id": mention.entity_id,
                "fragments": [_span(*span) for span in mention.fragments],
                "score": mention.score,
                **_given(mention.metadata),
            }
            for mention in document.mentions
        ],
        "links": [
            {**own, "mention_id": mention.id, "rank": rank, "concept_id": concept}
            for mention in document.mentions
            for rank, concept in enumerate(mention.concept_ids)
        ],
        "relations": [
            {**own, **_arrow(relation), "directed": relation.directed}
            for relation in document.relations
        ],
        "facts": [{**own, **_arrow(fact)} for fact in document.facts],
    }


def _arrow(item: Any) -> Row:
    """What relations and facts have in common."""
    return {
        "type": item.type,
        "head": item.head,
        "tail": item.tail,
        "score": item.score,
        **_given(item.metadata),
    }


def _span(start: int, end: int) -> Dict[str, int]:
    return {"start": start, "end": end}


def _given(metadata: Optional[Mapping[str, Any]]) -> Row:
    """The step that gave an annotation, and the rest of its metadata."""
    step = None if metadata is None else metadata.get(STEP)
    if not isinstance(step, str):
        return {"step": None, "metadata": _json(metadata)}
    rest = {key: value for key, value in (metadata or {}).items() if key != STEP}
    return {"step": step, "metadata": _json(rest) if rest else None}


def _json(value: Optional[Mapping[str, Any]]) -> Optional[str]:
    return None if value is None else json.dumps(value, ensure_ascii=False)


# Rows as documents


def _documents(tables: Mapping[str, Sequence[Row]]) -> Iterator[Document]:
    parts: Dict[str, Dict[int, List[Row]]] = {name: {} for name in TABLES}
    for name in TABLES[1:]:
        for row in tables[name]:
            parts[name].setdefault(row["document"], []).append(row)
    for row in tables["documents"]:
        number = row["document"]
        concepts: Dict[str, List[str]] = {}
        for link in parts["links"].get(number, ()):
            concepts.setdefault(link["mention_id"], []).append(link["concept_id"])
        yield Document(
            id=row["document_id"],
            text=row["text"],
            passages=tuple(
                Passage(p["type"], p["start"], p["end"], _parsed(p["metadata"]))
                for p in row["passages"]
            ),
            sentences=_spans(row["sentences"]),
            tokens=_spans(row["tokens"]),
            mentions=tuple(
                Mention(
                    mention["id"],
                    mention["start"],
                    mention["end"],
                    mention["type"],
                    tuple(concepts.get(mention["id"], ())),
                    mention["entity_id"],
                    _spans(mention["fragments"]),
                    mention["score"],
                    _metadata(mention),
                )
                for mention in parts["mentions"].get(number, ())
            ),
            relations=tuple(
                Relation(
                    relation["type"],
                    relation["head"],
                    relation["tail"],
                    relation["score"],
                    relation["directed"],
                    _metadata(relation),
                )
                for relation in parts["relations"].get(number, ())
            ),
            facts=tuple(
                Fact(fact["type"], fact["head"], fact["tail"], fact["score"], _metadata(fact))
                for fact in parts["facts"].get(number, ())
            ),
            metadata=_parsed(row["metadata"]) or {},
        )


def _spans(rows: Sequence[Row]) -> Tuple[Tuple[int, int], ...]:
    return tuple((row["start"], row["end"]) for row in rows)


def _metadata(row: Row) -> Optional[Dict[str, Any]]:
    rest = _parsed(row["metadata"])
    return rest if row["step"] is None else {STEP: row["step"], **(rest or {})}


def _parsed(text: Optional[str]) -> Optional[Dict[str, Any]]:
    return None if text is None else dict(json.loads(text))
