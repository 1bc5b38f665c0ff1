"""Compares links that reach a threshold with links that are counted one by one."""

import copy
import pickle
import random
from typing import List, Set, Tuple

import pytest
import torch

from bio_ie.data.concept_items import MentionLink
from bio_ie.models.multitask_entity_linker.link_threshold import LinkThreshold
from bio_ie.text.document import Mention

Rows = Tuple[List[List[Mention]], List[List[MentionLink]]]


def some_rows() -> Rows:
    """Links with probabilities. The more probable a link, the more often it is right. Some mentions
    have two concepts, some none."""
    chance = random.Random(4)
    predicted: List[List[Mention]] = []
    gold: List[List[MentionLink]] = []
    for _ in range(30):
        mentions, links = [], []
        for number in range(chance.randrange(5)):
            start = 10 * number
            score = chance.random()
            ids = tuple(chance.sample(["A", "B", "C"], chance.randrange(3)))
            mentions.append(Mention("", start, start + 3, "T", ids, score=score))
            right = ids if chance.random() < score else ("D",)
            links += [MentionLink(start, start + 3, concept, "T") for concept in right]
        predicted.append(mentions)
        gold.append(links)
    return predicted, gold


def naive(rows: Rows, threshold: float) -> Tuple[float, float, float]:
    correct = num_predicted = num_gold = 0
    for mentions, links in zip(*rows, strict=True):
        right: Set[Tuple[int, str]] = {(link.start, link.concept_id) for link in links}
        num_gold += len(right)
        for mention in mentions:
            assert mention.score is not None
            if mention.score >= threshold:
                num_predicted += len(mention.concept_ids)
                correct += sum((mention.start, one) in right for one in mention.concept_ids)
    precision, recall = correct / max(num_predicted, 1), correct / num_gold
    return precision, recall, 2 * correct / (num_predicted + num_gold)


def test_scores_are_those_of_counting() -> None:
    rows = some_rows()
    threshold = LinkThreshold()
    assert threshold.best() is None
    for place in range(0, 30, 7):
        part = slice(place, place + 7)
        some, links = rows[0][part], rows[1][part]
        threshold.count_links(some, links, [True] * len(some))
    result = threshold.get_metric(reset=True)
    every = [result[f"every_{name}"] for name in ("precision", "recall", "f1")]
    assert every == pytest.approx(naive(rows, 0.0))
    assert result["threshold"] == 0.0
    best = max(naive(rows, number / 1000)[2] for number in range(1001))
    assert best > every[2]
    assert result["best_f1"] == pytest.approx(best)
    assert naive(rows, result["best_threshold"])[2] == pytest.approx(best)
    found = threshold.best()
    assert found is not None
    assert float(found) == pytest.approx(result["best_threshold"])
    threshold.set(found)
    sure, _ = threshold.split(rows[0])
    assert naive((sure, rows[1]), 0.0)[2] == pytest.approx(best)
    assert threshold.get_metric()["best_f1"] == 0.0


def test_rows_are_split_by_probability() -> None:
    threshold = LinkThreshold()
    row = [Mention("", 5 * n, 5 * n + 1, "T", ("A",), score=n / 10) for n in range(4)]
    assert threshold.split([row, []]) == ([row, []], [[], []])
    threshold.set(torch.tensor([0.2]))
    assert threshold.split([row, []]) == ([row[2:], []], [row[:2], []])


def test_copies_are_not_counted() -> None:
    threshold = LinkThreshold()
    row = [Mention("", 0, 1, "T", ("A",), score=0.5)]
    gold = [MentionLink(0, 1, "A")]
    threshold.count_links([row, row], [gold, gold], [True, False])
    wrong = LinkThreshold()
    wrong.count_links([row, row], [gold, []], [True, True])
    assert threshold.get_metric()["every_precision"] == 1.0
    assert wrong.get_metric()["every_precision"] == 0.5


def test_the_threshold_is_kept() -> None:
    one, other = LinkThreshold(), LinkThreshold()
    one.set(torch.tensor([0.25]))
    other.load_state_dict(one.state_dict())
    assert other.get_metric()["threshold"] == 0.25


def test_the_threshold_of_an_archive_of_version_0_1_0_is_kept() -> None:
    threshold = LinkThreshold()
    threshold.load_state_dict({"threshold": torch.tensor([0.25])})
    assert threshold.get_metric()["threshold"] == 0.25


def test_a_copy_and_a_pickled_one_load_earlier_names_too() -> None:
    threshold = LinkThreshold()
    for other in (copy.deepcopy(threshold), pickle.loads(pickle.dumps(threshold))):
        other.load_state_dict({"threshold": torch.tensor([0.25])})
        assert other.get_metric()["threshold"] == 0.25
