"""Documents that have everything that documents can have."""

from hypothesis import strategies as st

from bio_ie.text.document import Document, Fact, Mention, Passage, Relation

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=4),
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=2)
    ),
    max_leaves=4,
)
METADATA = st.none() | st.dictionaries(st.sampled_from(["step", "a", ""]), JSON, max_size=2)
SCORES = st.none() | st.floats(0, 1)
NAMES = st.text(max_size=5)


@st.composite
def documents(draw: st.DrawFn) -> Document:
    text = draw(st.text(min_size=1, max_size=30))
    places = sorted(draw(st.sets(st.integers(0, len(text)), max_size=6)))
    layer = tuple(zip(places[::2], places[1::2], strict=False))
    mentions = []
    for number in range(draw(st.integers(0, 4))):
        start = draw(st.integers(0, len(text) - 1))
        end = draw(st.integers(start + 1, len(text)))
        parts = (
            ((start, start + 1), (end - 1, end)) if end - start > 2 and draw(st.booleans()) else ()
        )
        mentions.append(
            Mention(
                f"T{number}",
                start,
                end,
                draw(NAMES),
                tuple(draw(st.lists(NAMES, max_size=2))),
                draw(st.none() | NAMES),
                parts,
                draw(SCORES),
                draw(METADATA),
            )
        )
    ids = st.sampled_from([mention.id for mention in mentions] or [""])
    relations = [
        Relation(
            draw(NAMES), draw(ids), draw(ids), draw(SCORES), draw(st.booleans()), draw(METADATA)
        )
        for _ in range(draw(st.integers(0, 2)) if mentions else 0)
    ]
    facts = [
        Fact(draw(NAMES), draw(NAMES), draw(NAMES), draw(SCORES), draw(METADATA))
        for _ in range(draw(st.integers(0, 2)))
    ]
    return Document(
        draw(NAMES),
        text,
        tuple(Passage(draw(NAMES), start, end, draw(METADATA)) for start, end in layer),
        layer,
        layer,
        tuple(mentions),
        tuple(relations),
        tuple(facts),
        draw(st.dictionaries(NAMES, JSON, max_size=2)),
    )
