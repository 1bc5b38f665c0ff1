from typing import Any, Dict, List

import pytest

from bio_ie.data.concept_items import linking_items
from bio_ie.data.linking_task_names import LINKING, RECOGNITION, TASKS, TYPING
from bio_ie.metrics.linking_scores import LinkingScores
from bio_ie.text.document import Mention


def metadata(mentions: List[Mention], is_padding: bool = False) -> Dict[str, Any]:
    return {
        "is_padding": is_padding,
        "gold_entities": [(m.start, m.end, m.type) for m in mentions],
        "gold_links": linking_items(mentions),
    }


GOLD = [
    Mention("1", 0, 4, "A", ("C1",)),
    Mention("2", 5, 9, "B", ("C2", "C9")),
    Mention("3", 10, 12, "A", ("C8",)),
    Mention("4", 20, 22, "A"),
]
FOUND = [
    Mention("1", 0, 4, "B", ("C1",)),
    Mention("2", 5, 9, "B", ("C2",)),
    Mention("3", 10, 13, "A", ("C1",)),
]


def scores(tasks: Any = TASKS) -> Dict[str, float]:
    metric = LinkingScores(tasks, {"C1", "C2"})
    predicted = {task: [FOUND, FOUND] for task in tasks}
    metric([metadata(GOLD), metadata(GOLD, is_padding=True)], predicted)
    assert metric.get_metric(reset=False).keys() < metric.get_metric(reset=False).keys() | {"more"}
    result = metric.get_metric(reset=True)
    assert metric.get_metric(reset=True)[f"{tasks[-1]}_gold"] == 0
    return result


def test_each_task_has_its_own_scores() -> None:
    result = scores()
    counts = {
        name: tuple(result[f"{name}_{part}"] for part in ("correct", "predicted", "gold"))
        for name in (*TASKS, f"{LINKING}_seen", f"{LINKING}_unseen")
    }
    assert counts == {
        RECOGNITION: (2, 3, 4),
        TYPING: (1, 3, 4),
        LINKING: (2, 3, 4),
        f"{LINKING}_seen": (2, 3, 2),
        f"{LINKING}_unseen": (0, 0, 2),
    }
    assert result["overall"] == result[f"{LINKING}_f1"] == pytest.approx(4 / 7)
    assert result[f"{LINKING}_typed_correct"] == 1
    assert result[f"{TYPING}_f1/B"] == pytest.approx(2 / 3)


def test_tasks_that_are_not_there_have_no_scores() -> None:
    result = scores([RECOGNITION])
    assert not any(key.startswith((TYPING, LINKING)) for key in result)
    assert result["overall"] == result[f"{RECOGNITION}_f1"]
    assert not any("typed" in key for key in scores([LINKING]))


def test_values_are_floats() -> None:
    assert all(type(value) is float for value in scores().values())
