import random
from collections import Counter

import pytest
from allennlp.common import Params
from allennlp.common.checks import ConfigurationError
from allennlp.data.samplers import BatchSampler

from bio_ie.data.dataset_readers import RelationPairsReader
from bio_ie.data.dataset_readers.relation_pairs import EntityPairItem
from bio_ie.data.samplers import RelatedUnrelatedBatchSampler


def instances(num_related, num_unrelated):
    labels = ["T-U"] * num_related + ["NO-RELATION"] * num_unrelated
    reader = RelationPairsReader()
    return [
        reader.text_to_instance(EntityPairItem(("a", str(number)), label=label))
        for number, label in enumerate(labels)
    ]


def test_batches_have_so_many_of_each_and_every_related_pair_is_there_once():
    pairs = instances(10, 50)
    sampler = RelatedUnrelatedBatchSampler(related=4, unrelated=12)
    batches = list(sampler.get_batch_indices(pairs))
    assert len(batches) == sampler.get_num_batches(pairs) == 3
    assert [sum(index < 10 for index in batch) for batch in batches] == [4, 4, 2]
    assert [sum(index >= 10 for index in batch) for batch in batches] == [12, 12, 12]
    used = Counter(index for batch in batches for index in batch)
    assert all(used[index] == 1 for index in range(10))
    # 36 of 50, without replacement.
    assert max(used.values()) == 1
    assert sampler.get_batch_size() == 16


def test_a_small_pool_is_drawn_from_again_when_it_is_empty():
    batches = list(
        RelatedUnrelatedBatchSampler(related=1, unrelated=4).get_batch_indices(instances(5, 6))
    )
    used = Counter(index for batch in batches for index in batch if index >= 5)
    assert set(used) == set(range(5, 11))
    assert max(used.values()) - min(used.values()) <= 1


def test_epochs_differ_and_seeds_repeat():
    pairs = instances(8, 40)
    sampler = RelatedUnrelatedBatchSampler(4, 8)
    random.seed(3)
    first = list(sampler.get_batch_indices(pairs))
    assert first != list(sampler.get_batch_indices(pairs))
    random.seed(3)
    assert first == list(RelatedUnrelatedBatchSampler(4, 8).get_batch_indices(pairs))


@pytest.mark.parametrize("numbers", [(3, 0), (0, 3)])
def test_both_kinds_are_needed(numbers):
    with pytest.raises(ConfigurationError, match="NO-RELATION"):
        list(RelatedUnrelatedBatchSampler().get_batch_indices(instances(*numbers)))


def test_labels_and_positive_numbers_are_needed():
    unlabelled = [RelationPairsReader().text_to_instance(EntityPairItem(("a", "b")))]
    with pytest.raises(ConfigurationError, match="with labels"):
        RelatedUnrelatedBatchSampler().get_num_batches(unlabelled)
    with pytest.raises(ConfigurationError, match="must be positive"):
        RelatedUnrelatedBatchSampler(related=0)


def test_sampler_comes_from_a_config():
    params = Params({"type": "related_unrelated", "related": 2, "unrelated": 3})
    sampler = BatchSampler.from_params(params)
    (batch,) = sampler.get_batch_indices(instances(2, 9))
    assert len(batch) == 5
