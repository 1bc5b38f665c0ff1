import json
import random
from dataclasses import replace
from pathlib import Path
from typing import Any, Dict, List

import pytest

from bio_ie.data.corpora.formats.biorelex import BioRelExFormat
from bio_ie.metrics import BioRelExF1
from bio_ie.text.document import Document, DocumentError, Mention, Relation


def scores(predicted: List[Document], gold: List[Document]) -> Dict[str, float]:
    metric = BioRelExF1()
    metric(predicted, gold)
    return metric.get_metric()


def perturbed(document: Document, rng: random.Random) -> Document:
    """A prediction with some of the annotations, and with some wrong ones."""
    words = document.text.split()
    mentions = [mention for mention in document.mentions if rng.random() < 0.8]
    for number in range(rng.randrange(3)):
        word = rng.choice(words)
        start = document.text.index(word)
        mentions.append(Mention(f"X{number}", start, start + len(word), "x"))
    ids = [mention.id for mention in mentions]
    relations = [
        relation
        for relation in document.relations
        if {relation.head, relation.tail} <= set(ids) and rng.random() < 0.8
    ]
    if len(ids) > 1:
        for _ in range(rng.randrange(4)):
            head, tail = rng.sample(ids, 2)
            relations.append(Relation("made_up", head, tail))
    mentions = [replace(mention, entity_id=None) for mention in mentions]
    return replace(
        document, mentions=tuple(mentions), relations=tuple(dict.fromkeys(relations)), metadata=None
    )


def expected(predicted: List[Document], gold: List[Dict[str, Any]]) -> Dict[str, int]:
    """The score by its definition, calculated on the corpus's own objects, one name pair at a
    time."""
    counts = dict.fromkeys(("correct", "wrong", "gold", "m_correct", "m_predicted", "m_gold"), 0)
    for ours, theirs in zip(predicted, gold, strict=True):
        gold_mentions = []
        for entity in theirs["entities"]:
            for name, value in entity["names"].items():
                for start, end in value["mentions"]:
                    if value["is_mentioned"] and (name, start, end) not in gold_mentions:
                        gold_mentions.append((name, start, end))
        our_mentions = []
        for mention in ours.mentions:
            item = (ours.text[mention.start : mention.end], mention.start, mention.end)
            if item not in our_mentions:
                our_mentions.append(item)
        counts["m_gold"] += len(gold_mentions)
        counts["m_predicted"] += len(our_mentions)
        counts["m_correct"] += sum(item in gold_mentions for item in our_mentions)

        text_of = {mention.id: ours.text[mention.start : mention.end] for mention in ours.mentions}
        pairs = []
        for relation in ours.relations:
            pair = {text_of[relation.head], text_of[relation.tail]}
            if pair not in pairs:
                pairs.append(pair)
        belongs = [False] * len(pairs)
        for interaction in theirs["interactions"]:
            first, second = (theirs["entities"][index] for index in interaction["participants"])
            is_right = True
            for a, a_value in first["names"].items():
                for b, b_value in second["names"].items():
                    if a_value["is_mentioned"] and b_value["is_mentioned"]:
                        if {a, b} in pairs:
                            belongs[pairs.index({a, b})] = True
                        else:
                            is_right = False
            counts["gold"] += 1
            counts["correct"] += is_right
        counts["wrong"] += belongs.count(False)
    return counts


def compare(path: Path, seed: int) -> None:
    rng = random.Random(seed)
    gold = list(BioRelExFormat().read(path))
    predicted = [perturbed(document, rng) for document in gold]
    counts = expected(predicted, json.loads(path.read_text("utf-8")))
    found = scores(predicted, gold)
    assert {name: found[name] for name in ("correct", "wrong", "gold")} == {
        name: counts[name] for name in ("correct", "wrong", "gold")
    }
    precision = counts["correct"] / max(counts["correct"] + counts["wrong"], 1)
    recall = counts["correct"] / counts["gold"]
    assert found["precision"] == pytest.approx(precision)
    assert found["recall"] == pytest.approx(recall)
    f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
    assert found["f1"] == pytest.approx(f1)
    assert found["mention_precision"] == counts["m_correct"] / counts["m_predicted"]
    assert found["mention_recall"] == counts["m_correct"] / counts["m_gold"]


@pytest.mark.parametrize("seed", range(20))
def test_scores_are_those_of_the_definition(fixtures_folder: Path, seed: int) -> None:
    compare(fixtures_folder / "corpora" / "biorelex" / "sentences.json", seed)


def test_scores_are_those_of_the_definition_on_the_corpus(corpus_folder: Path) -> None:
    compare(corpus_folder / "biorelex" / "1.0alpha7.train.json", 0)


def test_the_corpus_against_itself_loses_interactions_of_a_cluster_with_itself(
    corpus_folder: Path,
) -> None:
    gold = list(BioRelExFormat().read(corpus_folder / "biorelex" / "1.0alpha7.train.json"))
    found = scores(gold, gold)
    assert (found["mention_f1"], found["gold"], found["wrong"]) == (1.0, 2226.0, 0.0)
    # A pair of a name with itself needs two mentions of the name.
    assert 2200 <= found["correct"] < 2226


def test_counts_do_not_depend_on_the_calls_and_padding_does_not_count(
    fixtures_folder: Path,
) -> None:
    gold = list(BioRelExFormat().read(fixtures_folder / "corpora" / "biorelex" / "sentences.json"))
    metric = BioRelExF1()
    for document in gold:
        metric([document, document], [document, document], [True, False])
    assert metric.get_metric(reset=True) == scores(gold, gold)
    assert metric.get_metric()["gold"] == 0


def test_nothing_predicted_is_0_and_not_skipped(fixtures_folder: Path) -> None:
    gold = list(BioRelExFormat().read(fixtures_folder / "corpora" / "biorelex" / "sentences.json"))
    empty = [replace(document, mentions=(), relations=()) for document in gold]
    found = scores(empty, gold)
    assert (found["f1"], found["precision"], found["gold"]) == (0.0, 0.0, 6.0)


def test_gold_of_another_corpus_is_an_error() -> None:
    document = Document("1", "A binds B.")
    with pytest.raises(DocumentError, match="no clusters and interactions"):
        scores([document], [document])
