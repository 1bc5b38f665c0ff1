import random
from typing import Dict, List, Tuple

import pytest
from allennlp.data import Instance, Token, Vocabulary
from allennlp.data.fields import MetadataField, TextField
from allennlp.data.token_indexers import SingleIdTokenIndexer, TokenCharactersIndexer, TokenIndexer

from bio_ie.data.token_indexers import PretrainedTransformerWordsIndexer
from bio_ie.predictors.instance_batches import InstanceSize, batches_of_like_width, instance_size

TINY_BERT = "fixtures/encoders/tiny_bert"


def instance(text: str, indexers: Dict[str, TokenIndexer], name: str = "words") -> Instance:
    field = TextField([Token(word) for word in text.split()], indexers)
    made = Instance({name: field, "metadata": MetadataField({"words": text})})
    made.index_fields(Vocabulary())
    return made


def test_size_counts_wordpieces_and_not_words() -> None:
    indexers = {
        "characters": TokenCharactersIndexer(min_padding_length=1),
        "tokens": PretrainedTransformerWordsIndexer(TINY_BERT),
    }
    made = instance("nifedipine-induced pseudohypoaldosteronism", indexers)
    pieces = made.fields["words"]._indexed_tokens["tokens"]["token_ids"]  # type: ignore[attr-defined]
    assert len(pieces[0]) > 4
    assert instance_size(made) == InstanceSize(1, len(pieces[0]))


def test_long_text_counts_its_windows() -> None:
    indexers = {"tokens": PretrainedTransformerWordsIndexer(TINY_BERT, max_length=8, overlap=0)}
    made = instance("a b c d e f g h i j k l m", indexers)  # 6 and 6 and 1, or the last 6
    assert instance_size(made) == InstanceSize(3, 8)
    assert instance_size(made).slots == 24


def test_without_wordpieces_words_count() -> None:
    indexers: Dict[str, TokenIndexer] = {
        "tokens": SingleIdTokenIndexer(),
        "characters": TokenCharactersIndexer(min_padding_length=1),
    }
    assert instance_size(instance("pseudohypoaldosteronism is rare", indexers, "tokens")).width == 3


def test_text_without_words_and_instance_without_text_have_a_slot() -> None:
    assert instance_size(instance("", {"tokens": SingleIdTokenIndexer()})).slots == 1
    assert instance_size(Instance({"metadata": MetadataField({})})).slots == 1


@pytest.mark.parametrize(("max_instances", "max_slots"), [(1, 64), (4, 64), (32, 1024), (99, 1)])
def test_every_instance_is_in_one_batch_that_keeps_the_limits(
    max_instances: int, max_slots: int
) -> None:
    random.seed(7)
    sizes = [InstanceSize(random.choice([1, 1, 1, 3]), random.randint(1, 90)) for _ in range(300)]
    batches = batches_of_like_width(sizes, max_instances, max_slots)
    assert sorted(index for batch in batches for index in batch) == list(range(300))
    for batch in batches:
        assert len(batch) <= max_instances
        assert len(batch) == 1 or padded(sizes, batch) <= max_slots
    widths = [sizes[index].width for batch in batches for index in batch]
    assert widths == sorted(widths)


def padded(sizes: List[InstanceSize], batch: List[int]) -> int:
    return sum(sizes[i].rows for i in batch) * max(sizes[i].width for i in batch)


@pytest.mark.parametrize(
    ("widths", "expected"),
    [
        ([], []),
        ([5], [[0]]),
        ([7, 3, 3, 5], [[1, 2], [3], [0]]),
        ([100, 2, 2], [[1, 2], [0]]),  # an instance wider than the budget is alone
        ([2, 2, 2, 2, 2], [[0, 1, 2], [3, 4]]),  # no more than 3 instances
    ],
)
def test_batches_of_given_widths(widths: List[int], expected: List[List[int]]) -> None:
    sizes = [InstanceSize(1, width) for width in widths]
    assert batches_of_like_width(sizes, max_instances=3, max_slots=9) == expected


def test_batches_of_sentences_have_little_padding() -> None:
    random.seed(3)
    # Like the sentences of abstracts: 38 wordpieces on average, from 5 to 275.
    lengths = [min(5 + int(random.gammavariate(3.2, 10.5)), 275) for _ in range(4096)]
    sizes = [InstanceSize(1, length) for length in lengths]

    def padding(limits: Tuple[int, int]) -> float:
        batches = batches_of_like_width(sizes, *limits)
        return 1 - sum(lengths) / sum(padded(sizes, batch) for batch in batches)

    assert padding((32, 1024)) < 0.02
    assert padding((256, 8192)) < 0.1
