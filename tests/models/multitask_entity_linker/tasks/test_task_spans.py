from collections import defaultdict
from typing import Any, List

import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.testing import assert_close

from bio_ie.models.multitask_entity_linker.tasks import WordLabels, match_spans, voted_labels
from bio_ie.modules.tagging import PlainLabelScheme, TagScheme
from bio_ie.modules.text_spans import TextSpans

PLAIN = ["A", "O", "B", "C"]
BIOES = ["B-B", "O", "E-A", "S-B", "I-A"]
NUM_WORDS = 6

rows = st.lists(
    st.lists(
        st.tuples(st.integers(0, 3), st.sampled_from([0.25, 0.5, 0.75, 1.0])),
        min_size=NUM_WORDS,
        max_size=NUM_WORDS,
    ),
    min_size=1,
    max_size=3,
)
some_spans = st.lists(
    st.tuples(st.integers(0, 2), st.integers(0, NUM_WORDS - 1), st.integers(0, NUM_WORDS - 1)),
    max_size=6,
    unique=True,
)


def as_spans(items: List[Any], num_rows: int) -> TextSpans:
    fitting = sorted({(row % num_rows, min(a, b), max(a, b)) for row, a, b in items})
    return TextSpans(*torch.tensor(fitting, dtype=torch.long).view(-1, 3).T)


@given(rows, some_spans, st.booleans())
def test_votes_are_those_of_words_counted_one_by_one(
    words: List[Any], items: List[Any], tagged: bool
) -> None:
    scheme = TagScheme(BIOES) if tagged else PlainLabelScheme(PLAIN)
    labels = torch.tensor([[label for label, _ in row] for row in words])
    probabilities = torch.tensor([[weight for _, weight in row] for row in words])
    spans = as_spans(items, len(words))
    found = voted_labels(scheme, WordLabels(labels, probabilities), spans)
    assert found.spans is spans
    for index, (row, first, last) in enumerate(zip(*(x.tolist() for x in spans), strict=True)):
        votes: Any = defaultdict(float)
        for label, weight in words[row][first : last + 1]:
            type_ = int(scheme.tag_type[label])
            if type_ >= 0:
                votes[type_] += weight
        expected = max(votes, key=lambda type_: (votes[type_], -type_), default=-1)
        assert int(found.label[index]) == expected
        share = votes[expected] / (last - first + 1) if votes else 0.0
        assert_close(float(found.probability[index]), share)


@given(some_spans, some_spans, st.booleans())
def test_found_spans_are_matched_with_gold_ones(
    gold_items: List[Any], found_items: List[Any], with_gold: bool
) -> None:
    gold, found = as_spans(gold_items, 3), as_spans(found_items, 3)
    mask = torch.ones(3, NUM_WORDS, dtype=torch.bool)
    gold_list = list(zip(*(x.tolist() for x in gold), strict=True))
    found_list = list(zip(*(x.tolist() for x in found), strict=True))
    matched = match_spans(gold, found, with_gold, mask)
    pairs = list(
        zip(zip(*(x.tolist() for x in matched.spans), strict=True), matched.gold, strict=True)
    )
    assert len(pairs) == len({span for span, _ in pairs})
    for span, index in pairs:
        assert int(index) == (gold_list.index(span) if span in gold_list else -1)
    expected = set(found_list) | (set(gold_list) if with_gold else set())
    assert {span for span, _ in pairs} == expected
    alone = match_spans(gold, None, with_gold, mask)
    assert alone.spans is gold
    assert alone.gold.tolist() == list(range(len(gold_list)))
