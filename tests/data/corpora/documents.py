"""Hypothesis strategies for documents, and normal forms to compare documents."""

from dataclasses import replace
from typing import Any, Dict, List, Optional, Tuple

from hypothesis import strategies as st

from bio_ie.text.document import Document, Fact, Mention, Passage, Relation, Span

ANY = st.characters(codec="utf-8")
"""Every character a file can hold: control characters, line separators, astral ones."""

PRINTABLE = st.sampled_from("aβéZ09 .-(|,;:#'\"<&\u2028\u0085\u3000😀\u0301")
"""Characters that are difficult for every format, without characters that end a line or a
column."""

WORD = st.text(st.sampled_from("abAB01-_βé"), min_size=1, max_size=6)

SCORES = st.none() | st.floats(0, 1)

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(PRINTABLE, max_size=4),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(WORD, inner, max_size=2),
    max_leaves=4,
)


def metadata() -> "st.SearchStrategy[Optional[Dict[str, Any]]]":
    return st.none() | st.dictionaries(WORD, JSON, min_size=1, max_size=2)


def layers(length: int, limit: int = 3) -> "st.SearchStrategy[List[Span]]":
    """Spans in text order that do not overlap."""
    cuts = st.lists(st.integers(0, length), max_size=2 * limit, unique=True).map(sorted)
    return cuts.map(lambda c: list(zip(c[::2], c[1::2], strict=False)))


@st.composite
def mentions(draw: st.DrawFn, length: int, string: "st.SearchStrategy[str]") -> List[Mention]:
    """Mentions that may be nested, overlapping, equal, discontinuous or composite: everything that
    `Document` allows."""
    result = []
    for mention_id in draw(st.lists(string, max_size=4 if length else 0, unique=True)):
        parts = draw(layers(length))
        if not parts:
            start = draw(st.integers(0, length - 1))
            parts = [(start, draw(st.integers(start + 1, length)))]
        result.append(
            Mention(
                mention_id,
                parts[0][0],
                parts[-1][1],
                draw(string),
                tuple(draw(st.lists(string, max_size=3))),
                draw(st.none() | string),
                tuple(parts) if len(parts) > 1 else (),
                draw(SCORES),
                draw(metadata()),
            )
        )
    return result


@st.composite
def documents(
    draw: st.DrawFn,
    characters: "st.SearchStrategy[str]" = ANY,
    string: Optional["st.SearchStrategy[str]"] = None,
) -> Document:
    """Any document. Its text is of `characters`, and its ids, types and other strings come from
    `string`."""
    string = st.text(characters, min_size=1, max_size=4) if string is None else string
    text = draw(st.text(characters, max_size=40))
    found = draw(mentions(len(text), string))
    arguments = st.sampled_from([mention.id for mention in found] or [""])
    return Document(
        draw(string),
        text,
        tuple(
            Passage(draw(string), start, end, draw(metadata()))
            for start, end in draw(layers(len(text)))
        ),
        tuple(draw(layers(len(text)))),
        tuple(draw(layers(len(text)))),
        tuple(found),
        tuple(
            Relation(
                draw(string),
                draw(arguments),
                draw(arguments),
                draw(SCORES),
                draw(st.booleans()),
                draw(metadata()),
            )
            for _ in range(draw(st.integers(0, 3)) if found else 0)
        ),
        tuple(
            Fact(draw(string), draw(string), draw(string), draw(SCORES), draw(metadata()))
            for _ in range(draw(st.integers(0, 2)))
        ),
        draw(metadata()) or {},
    )


def without(document: Document, *names: str) -> Document:
    """`document` with empty fields `names`, such as `"tokens"` or `"mention.score"`."""
    for name in names:
        layer, _, part = name.partition(".")
        if not part:
            document = replace(document, **{layer: {} if layer == "metadata" else ()})
            continue
        empty = () if part in ("fragments", "concept_ids") else None
        items = tuple(replace(item, **{part: empty}) for item in getattr(document, layer + "s"))
        document = replace(document, **{layer + "s": items})
    return document


def renamed(document: Document) -> Document:
    """`document` with normalised ids, because not every format keeps ids. Mentions get the ids
    `T1`, `T2`, ... The entity id of a mention becomes the id of the entity's first mention, or none
    if the entity has only one mention."""
    names = {mention.id: f"T{number}" for number, mention in enumerate(document.mentions, 1)}
    groups: Dict[str, List[str]] = {}
    for mention in document.mentions:
        if mention.entity_id is not None:
            groups.setdefault(mention.entity_id, []).append(names[mention.id])
    entities = {entity: group[0] for entity, group in groups.items() if len(group) > 1}
    return replace(
        document,
        mentions=tuple(
            replace(mention, id=names[mention.id], entity_id=entities.get(mention.entity_id or ""))
            for mention in document.mentions
        ),
        relations=tuple(
            replace(relation, head=names[relation.head], tail=names[relation.tail])
            for relation in document.relations
        ),
    )


def by_id(document: Document) -> Tuple[Document, List[Mention]]:
    """A form of `document` that does not depend on the order of its mentions."""
    return (
        replace(document, mentions=(), relations=()),
        sorted(document.mentions, key=lambda mention: mention.id),
    )
