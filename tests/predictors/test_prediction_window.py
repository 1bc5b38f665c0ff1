from typing import List

import pytest
from allennlp.data import Instance, Token, Vocabulary
from allennlp.data.fields import TextField
from allennlp.data.token_indexers import SingleIdTokenIndexer

from bio_ie.files.failures import Failure
from bio_ie.predictors.prediction_window import PredictionWindow
from bio_ie.text.document import Document


def instances(*lengths: int) -> List[Instance]:
    made = []
    for length in lengths:
        field = TextField([Token("w")] * length, {"tokens": SingleIdTokenIndexer()})
        made.append(Instance({"words": field}))
        made[-1].index_fields(Vocabulary())
    return made


def number_until_full(window: PredictionWindow, text: str, some: List[Instance]) -> int:
    while not window.is_full:
        window.add(Document("d", text), some)
    return len(window.items)


@pytest.mark.parametrize(
    ("text", "lengths", "expected"),
    [
        ("a", [1], 256),  # 128 batches of 2 instances
        ("a", [1, 1], 128),
        ("", [], 256),
        ("a", [40], 32),  # 128 batches of 10 words
        ("a" * 1024, [1], 10),  # 8 characters a word
        ("a" * 1024, [], 10),
    ],
)
def test_window_is_full_with_instances_or_words_or_characters(
    text: str, lengths: List[int], expected: int
) -> None:
    window = PredictionWindow(batch_size=2, batch_slots=10)
    assert number_until_full(window, text, instances(*lengths)) == expected


def test_number_of_instances_is_bounded_however_large_a_batch_is() -> None:
    window = PredictionWindow(batch_size=10**6, batch_slots=10**6)
    assert number_until_full(window, "a", instances(1)) == 8192


def test_failures_fill_the_window_too() -> None:
    window = PredictionWindow(batch_size=1, batch_slots=10)
    for _ in range(128):
        assert not window.is_full
        window.add(Failure("1", "reason"), [])
    assert window.is_full
