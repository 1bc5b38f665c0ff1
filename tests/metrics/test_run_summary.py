import math
import random

import pytest

from bio_ie.metrics.run_summary import run_summary, scores_of_run


def test_mean_deviation_and_extremes_are_those_of_the_values():
    chance = random.Random(3)
    values = [chance.random() for _ in range(7)]
    summary = run_summary([{"f1": value, "accuracy": 0.5} for value in values])
    mean = sum(values) / 7
    assert summary.mean["f1"] == pytest.approx(mean)
    variance = sum((value - mean) ** 2 for value in values) / 6
    assert summary.deviation["f1"] == pytest.approx(math.sqrt(variance))
    assert (summary.lowest["f1"], summary.highest["f1"]) == (min(values), max(values))
    assert summary.deviation["accuracy"] == 0
    assert summary.pooled == {}


def test_one_run_has_no_deviation():
    assert run_summary([{"f1": 0.25}]).deviation == {"f1": 0.0}


def test_counts_of_all_runs_are_pooled():
    runs = [
        {"f1": 0.5, "a_correct": 1.0, "a_predicted": 2.0, "a_gold": 4.0, "gold": 9.0},
        {"f1": 0.7, "a_correct": 8.0, "a_predicted": 8.0, "a_gold": 12.0, "gold": 9.0},
    ]
    summary = run_summary(runs)
    precision, recall = 9 / 10, 9 / 16
    assert summary.pooled == pytest.approx(
        {
            "a_precision": precision,
            "a_recall": recall,
            "a_f1": 2 * precision * recall / (precision + recall),
        }
    )
    assert summary.mean == {"f1": pytest.approx(0.6)}


def test_types_that_some_runs_lack_are_pooled_over_the_others():
    runs = [
        {"f1/A": 1.0, "correct/A": 2.0, "predicted/A": 2.0, "gold/A": 2.0},
        {
            "f1/A": 0.5,
            "correct/A": 1.0,
            "predicted/A": 1.0,
            "gold/A": 3.0,
            "f1/B": 0.0,
            "correct/B": 0.0,
            "predicted/B": 1.0,
            "gold/B": 0.0,
        },
    ]
    for order in (runs, runs[::-1]):
        summary = run_summary(order)
        assert summary.mean == {"f1/A": 0.75}
        assert summary.pooled["f1/A"] == pytest.approx(2 * 3 / (3 + 5))
        assert summary.pooled["recall/A"] == pytest.approx(3 / 5)
        assert summary.pooled["precision/B"] == 0


def test_scores_are_those_of_the_test_part_if_there_is_one():
    metrics = {"epoch": 3, "best_validation_f1": 0.5, "best_validation_loss": 2.0}
    assert scores_of_run(metrics) == {"f1": 0.5}
    metrics.update(test_f1=0.25, test_loss=1.0, training_f1=0.9, test_a_loss=1.0)
    assert scores_of_run(metrics) == {"f1": 0.25}
    assert scores_of_run({"training_loss": 1.0}) == {}
