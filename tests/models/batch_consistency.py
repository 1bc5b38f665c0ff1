"""Compares predictions of a batch with predictions of its rows one by one, as far as rounding of
sums allows."""

from typing import Sequence

import pytest
from allennlp.data import Instance
from allennlp.models import Model


def assert_predictions_do_not_depend_on_the_batch(
    model: Model, instances: Sequence[Instance]
) -> None:
    """Checks that mentions and relations are the same and that their scores are nearly the same."""
    model.eval()
    together = model.forward_on_instances(list(instances))
    for instance, expected in zip(instances, together, strict=True):
        (alone,) = model.forward_on_instances([instance])
        assert [(*m.span, m.type) for m in alone["mentions"]] == [
            (*m.span, m.type) for m in expected["mentions"]
        ]
        for one, other in zip(alone["relations"], expected["relations"], strict=True):
            assert (one.type, one.head, one.tail) == (other.type, other.head, other.tail)
        for part in ("mentions", "relations"):
            for one, other in zip(alone[part], expected[part], strict=True):
                assert one.score == pytest.approx(other.score, abs=1e-6)
