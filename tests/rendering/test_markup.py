import itertools

from hypothesis import given
from hypothesis import strategies as st

from bio_ie.rendering.escaping import escape
from bio_ie.rendering.markup import layers, mark_up, passages
from bio_ie.text.document import Document, Mention, Passage
from tests.rendering.parsed_page import marked_text, parse, pieces

CHARACTERS = st.sampled_from("ab <>&\"'\n😀é\u0301אب\u202e\u2028\x00")


def tag(piece):
    classes = ["m"] + [name for name, on in (("b", piece.begins), ("e", piece.ends)) if on]
    classes += ["gap"] if piece.gap else []
    return f'<mark class="{" ".join(classes)}" data-i="{piece.mention}">'


def marked(text, mentions, start=0, end=None):
    return parse(mark_up(text, mentions, start, len(text) if end is None else end, tag))


@st.composite
def texts_with_mentions(draw):
    text = draw(st.text(CHARACTERS, min_size=1, max_size=30))
    offsets = st.integers(0, len(text))
    mentions = []
    for number in range(draw(st.integers(0, 8))):
        borders = sorted(draw(st.sets(offsets, min_size=2, max_size=6)))
        fragments = tuple(zip(borders[::2], borders[1::2], strict=False))
        start, end = fragments[0][0], fragments[-1][1]
        parts = fragments if len(fragments) > 1 else ()
        mentions.append(Mention(str(number), start, end, "T", fragments=parts))
    return Document("d", text, mentions=tuple(mentions))


@given(texts_with_mentions())
def test_pieces_hold_exactly_their_mentions_however_they_nest_and_cross(document):
    page = marked(document.text, document.mentions)
    assert page.text == parse(escape(document.text)).text
    for index, mention in enumerate(document.mentions):
        expected = "".join(document.text[s:e] for s, e in mention.fragments or (mention.span,))
        assert "".join(marked_text(page, index)) == parse(escape(expected)).text
        own = pieces(page, index)
        assert ["b" in piece.classes for piece in own] == [True] + [False] * (len(own) - 1)
        assert ["e" in piece.classes for piece in own] == [False] * (len(own) - 1) + [True]


@given(texts_with_mentions(), st.integers(0, 30), st.integers(0, 30))
def test_a_part_of_the_text_has_the_parts_of_its_mentions(document, one, other):
    start, end = sorted(min(offset, len(document.text)) for offset in (one, other))
    page = marked(document.text, document.mentions, start, end)
    assert page.text == parse(escape(document.text[start:end])).text
    for index, mention in enumerate(document.mentions):
        expected = "".join(
            document.text[max(s, start) : min(e, end)]
            for s, e in mention.fragments or (mention.span,)
            if max(s, start) < min(e, end)
        )
        assert "".join(marked_text(page, index)) == parse(escape(expected)).text


@given(texts_with_mentions())
def test_overlapping_mentions_are_on_different_layers_and_the_shorter_below(document):
    mentions = document.mentions
    result = layers(mentions)
    for (i, one), (j, other) in itertools.combinations(enumerate(mentions), 2):
        if one.start < other.end and other.start < one.end:
            assert result[i] != result[j]
            lengths = one.end - one.start, other.end - other.start
            if lengths[0] != lengths[1]:
                assert (result[i] < result[j]) == (lengths[0] < lengths[1])
    for index, mention in enumerate(mentions):
        alone = not any(
            mention.start < other.end and other.start < mention.end
            for position, other in enumerate(mentions)
            if position != index
        )
        assert not alone or result[index] == 0


def test_nested_mentions_are_not_cut():
    text = "acute renal failure"
    for start, end in ((0, 5), (6, 11), (12, 19)):
        page = marked(text, [Mention("a", start, end, "Part"), Mention("d", 0, 19, "Disease")])
        (outer,), (inner,) = pieces(page, 1), pieces(page, 0)
        assert inner.parent is outer
        assert (outer.text, inner.text) == (text, text[start:end])


def test_offsets_count_code_points_not_utf16_units():
    text = "😀😀 fever"
    assert marked_text(marked(text, [Mention("f", 3, 8, "Sign")]), 0) == ["fever"]


def test_the_gap_of_a_discontinuous_mention_is_marked_as_one():
    text = "left and right ventricle"
    page = marked(text, [Mention("l", 0, 24, "T", fragments=((0, 4), (15, 24)))])
    assert [(p.text, "gap" in p.classes) for p in pieces(page, 0)] == [
        ("left", False),
        (" and right ", True),
        ("ventricle", False),
    ]


def test_text_outside_passages_is_kept_and_white_space_between_them_is_not():
    document = Document(
        "d", "Title\nAbstract. Rest", passages=(Passage("title", 0, 5), Passage("abstract", 6, 15))
    )
    assert list(passages(document)) == [("title", 0, 5), ("abstract", 6, 15), ("", 15, 20)]
    assert list(passages(Document("d", "alone"))) == [("", 0, 5)]
    assert list(passages(Document("d", ""))) == []


def test_white_space_in_which_a_mention_begins_is_kept():
    document = Document(
        "d", "Title\nText", passages=(Passage("title", 0, 5), Passage("body", 6, 10))
    )
    mention = Mention("m", 5, 10, "T")
    assert [part[1:] for part in passages(document, [mention])] == [(0, 5), (5, 6), (6, 10)]
