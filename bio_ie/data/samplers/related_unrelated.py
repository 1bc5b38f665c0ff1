"""Makes batches with fixed numbers of related and unrelated pairs."""

import random
from typing import Iterator, List, Optional, Sequence

from allennlp.common.checks import ConfigurationError
from allennlp.data import Instance
from allennlp.data.samplers import BatchSampler

from bio_ie.data.pairs.relation_labels import NO_RELATION


@BatchSampler.register("related_unrelated")
class RelatedUnrelatedBatchSampler(BatchSampler):
    """
    Makes batches with fixed numbers of related and unrelated pairs (RELVM, section 4.3: "During
    training, we randomly sample a proportion of each minibatch from the remaining unrelated entity
    pairs").

    An epoch has every related pair once, in random order; its last batch has the related pairs that
    are left. Unrelated pairs are drawn from all other pairs without replacement. When all of them
    have been drawn, drawing starts again.

    The order comes from Python's random generator, as in AllenNLP's samplers. All instances are in
    memory at once.

    Registered as a `BatchSampler` with name "related_unrelated".

    # Parameters

    related : `int`, optional (default = `64`)
        The number of related pairs in a batch.
    unrelated : `int`, optional (default = `448`)
        The number of unrelated pairs in a batch.
    negative_label : `str`, optional (default = `"NO-RELATION"`)
        The label of unrelated pairs.

    Raises `ConfigurationError` if the pairs have no labels, if all of them are related, or if none
    is.
    """

    def __init__(
        self,
        related: int = 64,
        unrelated: int = 448,
        negative_label: str = NO_RELATION,
    ) -> None:
        if related < 1 or unrelated < 1:
            raise ConfigurationError(
                f"related and unrelated must be positive, not {related} and {unrelated}"
            )
        self._related = related
        self._unrelated = unrelated
        self._negative_label = negative_label

    def get_batch_indices(self, instances: Sequence[Instance]) -> Iterator[List[int]]:
        related, pool = self._divided(instances)
        random.shuffle(related)
        unrelated: List[int] = []
        for start in range(0, len(related), self._related):
            while len(unrelated) < self._unrelated:
                unrelated += random.sample(pool, len(pool))
            batch = related[start : start + self._related] + unrelated[: self._unrelated]
            del unrelated[: self._unrelated]
            yield batch

    def get_num_batches(self, instances: Sequence[Instance]) -> int:
        related, _ = self._divided(instances)
        return -(-len(related) // self._related)

    def get_batch_size(self) -> Optional[int]:
        return self._related + self._unrelated

    def _divided(self, instances: Sequence[Instance]) -> "tuple[List[int], List[int]]":
        related: List[int] = []
        unrelated: List[int] = []
        for index, instance in enumerate(instances):
            if "label" not in instance.fields:
                raise ConfigurationError("related_unrelated needs pairs with labels")
            label = instance["label"].label  # type: ignore[attr-defined]
            (unrelated if label == self._negative_label else related).append(index)
        if not related or not unrelated:
            raise ConfigurationError(
                f"related_unrelated needs pairs with the label {self._negative_label!r} and pairs "
                f"with other labels, but there are {len(unrelated):,} and {len(related):,}"
            )
        return related, unrelated
