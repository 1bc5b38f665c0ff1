from itertools import pairwise
from typing import List, Tuple

import pytest
from allennlp.common.checks import ConfigurationError
from hypothesis import given
from hypothesis import strategies as st

from bio_ie.text.document import Span
from bio_ie.text.tokenizers import align_tokens


@st.composite
def tokenised_texts(draw: st.DrawFn) -> Tuple[str, List[Span], List[Span]]:
    """A text, tokens that cover some or all of it (and may have white space inside), and
    mentions."""
    text = draw(st.text("ab ", min_size=2, max_size=14))
    offsets = st.integers(0, len(text))
    ends = sorted(draw(st.sets(offsets, max_size=8)))
    tokens = [
        (start, end)
        for start, end in pairwise(ends)
        if text[start:end].strip() == text[start:end] and draw(st.booleans())
    ]
    mentions = draw(
        st.lists(st.tuples(offsets, offsets).filter(lambda span: span[0] < span[1]), max_size=5)
    )
    return text, tokens, mentions


@given(tokenised_texts())
def test_split_keeps_mentions_to_the_character(case: Tuple[str, List[Span], List[Span]]) -> None:
    text, tokens, mentions = case
    result = align_tokens(text, tokens, mentions, "split")
    covered = {i for start, end in tokens for i in range(start, end) if text[i] != " "}
    # No character moves to another token, and no new token crosses the end of an old one.
    assert {
        i for start, end in result.token_spans for i in range(start, end) if text[i] != " "
    } == covered
    assert all(
        any(start <= new_start and new_end <= end for start, end in tokens)
        for new_start, new_end in result.token_spans
    )
    changed = 0
    for (start, end), words in zip(mentions, result.word_spans, strict=True):
        own = [i for i in sorted(covered) if start <= i < end]
        if words is None:
            assert not own
            continue
        first, last = result.token_spans[words[0]], result.token_spans[words[1]]
        assert (first[0], last[1]) == (own[0], own[-1] + 1)
        changed += (first[0], last[1]) != (start, end)
    assert result.changed == changed
    assert result.lost == result.word_spans.count(None)


@given(tokenised_texts())
def test_expand_takes_in_every_token_it_touches(
    case: Tuple[str, List[Span], List[Span]],
) -> None:
    text, tokens, mentions = case
    result = align_tokens(text, tokens, mentions, "expand")
    assert result.token_spans == tokens
    inside_token = 0
    for (start, end), words in zip(mentions, result.word_spans, strict=True):
        touched = [i for i, token in enumerate(tokens) if token[0] < end and start < token[1]]
        assert words == ((touched[0], touched[-1]) if touched else None)
        inside_token += any(left < i < right for left, right in tokens for i in (start, end))
    assert result.inside_token == inside_token


def test_a_mention_inside_a_token() -> None:
    text = "anti-IL2 drug"
    split = align_tokens(text, [(0, 8), (9, 13)], [(5, 8), (9, 13)])
    assert split.token_spans == [(0, 5), (5, 8), (9, 13)]
    assert split.word_spans == [(1, 1), (2, 2)]
    assert (split.inside_token, split.changed, split.lost) == (1, 0, 0)
    expand = align_tokens(text, [(0, 8), (9, 13)], [(5, 8), (9, 13)], mode="expand")
    assert expand.token_spans == [(0, 8), (9, 13)]
    assert expand.word_spans == [(0, 0), (1, 1)]
    assert (expand.inside_token, expand.changed, expand.lost) == (1, 1, 0)


def test_nested_mentions_each_get_their_words() -> None:
    text = "abcdef"
    result = align_tokens(text, [(0, 6)], [(0, 6), (2, 4), (3, 5)])
    assert result.token_spans == [(0, 2), (2, 3), (3, 4), (4, 5), (5, 6)]
    assert result.word_spans == [(0, 4), (1, 2), (2, 3)]


def test_a_mention_of_white_space_is_lost() -> None:
    result = align_tokens("a  b", [(0, 1), (3, 4)], [(1, 3)])
    assert result.word_spans == [None]
    assert (result.changed, result.lost) == (0, 1)


def test_an_unknown_mode_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="'cut'"):
        align_tokens("a", [(0, 1)], [], "cut")
