"""Compares the scores of span graphs with counts by hand."""

import random
import socket
from typing import Any, Dict, List, Optional, Sequence, Tuple

import pytest
import torch
from allennlp.common.testing.distributed_test import init_process

from bio_ie.data.corpora import CorpusFormat
from bio_ie.data.items import entity_items, relation_items
from bio_ie.metrics import BioRelExF1, EntityF1, RelationF1
from bio_ie.metrics.span_graph_scores import SpanGraphScores
from bio_ie.text.document import Document

TYPES, LABELS, CONCEPT_TYPES = ["A", "B"], ["r", "s"], ["T 1", "T2", "T3"]
WORDS = [(3 * word, 3 * word + 2) for word in range(6)]


def random_items(rng: random.Random) -> Tuple[list, list]:
    spans = [(first, last) for first in range(6) for last in range(first, min(first + 2, 6))]
    entities = [
        (WORDS[first][0], WORDS[last][1], rng.choice(TYPES))
        for first, last in rng.sample(spans, rng.randrange(5))
    ]
    relations = [
        (head, tail, rng.choice(LABELS))
        for head in entities
        for tail in entities
        if head != tail and rng.random() < 0.4
    ]
    return entities, relations


def random_text(rng: random.Random) -> Dict[str, Any]:
    """Metadata, predictions and explanations of one text."""
    gold_entities, gold_relations = random_items(rng)
    concepts = [
        {"id": f"C{n}", "semantic_types": rng.sample(CONCEPT_TYPES, rng.randrange(3))}
        for n in range(3)
    ]
    kept = rng.sample([(first, last) for first in range(6) for last in range(first, 6)], 8)
    return {
        "metadata": {
            "is_padding": rng.random() < 0.2,
            "word_spans": WORDS,
            "gold_entities": gold_entities,
            "gold_relations": gold_relations,
            "concepts": concepts,
        },
        "predicted": random_items(rng),
        "initial": random_items(rng),
        "explanations": [
            (*span, rng.random(), [(n, rng.random()) for n in range(3) if rng.random() < 0.5])
            for span in kept
        ],
    }


def scored(
    texts: Sequence[Dict[str, Any]], with_initial: bool = True, batch_size: int = 3
) -> SpanGraphScores:
    scores = SpanGraphScores(with_initial)
    for first in range(0, len(texts), batch_size):
        batch = texts[first : first + batch_size]
        scores(
            [text["metadata"] for text in batch],
            [text["predicted"] for text in batch],
            [text["initial"] for text in batch] if with_initial else None,
            [text["explanations"] for text in batch],
        )
    return scores


def f1(predicted: set, gold: set) -> float:
    return 2 * len(predicted & gold) / max(len(predicted) + len(gold), 1)


@pytest.mark.parametrize("seed", range(20))
def test_scores_are_counts_by_hand(seed: int) -> None:
    rng = random.Random(seed)
    texts = [random_text(rng) for _ in range(7)]
    found = scored(texts).get_metric(reset=True)
    real = [text for text in texts if not text["metadata"]["is_padding"]]

    def items(name: str, part: int) -> set:
        return {(number, item) for number, text in enumerate(real) for item in text[name][part]}

    for part, kind in enumerate(("entities", "relations")):
        name = ("entity", "relation")[part]
        gold = {
            (number, item)
            for number, text in enumerate(real)
            for item in text["metadata"][f"gold_{kind}"]
        }
        assert found[f"{name}_f1"] == pytest.approx(f1(items("predicted", part), gold))
        assert found[f"initial_{name}_f1"] == pytest.approx(f1(items("initial", part), gold))
        assert found[f"{name}_gold"] == len(gold)
    assert found["overall"] == (found["entity_f1"] + found["relation_f1"]) / 2

    num_gold = num_kept = 0
    weights: Dict[str, List[float]] = {type_: [] for type_ in CONCEPT_TYPES}
    for text in real:
        kept = [(WORDS[first][0], WORDS[last][1]) for first, last, _, _ in text["explanations"]]
        for span in {item[:2] for item in text["metadata"]["gold_entities"]}:
            num_gold += 1
            num_kept += span in kept
        for _, _, _, candidates in text["explanations"]:
            for node, weight in candidates:
                for type_ in text["metadata"]["concepts"][node]["semantic_types"]:
                    weights[type_].append(weight)
    assert found["pruning_recall"] == num_kept / max(num_gold, 1)
    for type_, values in weights.items():
        name = "attention/" + type_.replace(" ", "_")
        if values:
            assert found[name] == pytest.approx(sum(values) / len(values))
        else:
            assert name not in found


def test_scores_are_those_of_the_metrics() -> None:
    texts = [random_text(random.Random(seed)) for seed in range(9)]
    found = scored(texts).get_metric(reset=True)
    for metric, name, part in ((EntityF1(), "entity", 0), (RelationF1(), "relation", 1)):
        kind = ("entities", "relations")[part]
        metric(
            [text["predicted"][part] for text in texts],
            [text["metadata"][f"gold_{kind}"] for text in texts],
            [not text["metadata"]["is_padding"] for text in texts],
        )
        expected = {f"{name}_{key}": value for key, value in metric.get_metric().items()}
        assert {key: found[key] for key in found if key.startswith(f"{name}_")} == expected


def test_batches_do_not_change_a_score() -> None:
    texts = [random_text(random.Random(seed)) for seed in range(9)]
    whole = scored(texts, batch_size=9).get_metric(reset=True)
    assert scored(texts, batch_size=2).get_metric(reset=True) == pytest.approx(whole)


def test_before_reset_the_main_scores_are_shown_and_stay() -> None:
    texts = [random_text(random.Random(seed)) for seed in range(5)]
    scores = scored(texts)
    shown = scores.get_metric()
    everything = scores.get_metric(reset=True)
    assert shown.items() <= everything.items()
    assert shown.keys() == {
        *(f"{initial}{name}_{ratio}" for initial in ("", "initial_")
          for name in ("entity", "relation") for ratio in ("precision", "recall", "f1")),
        "overall",
        "pruning_recall",
    }  # fmt: skip


def test_reset_forgets_everything() -> None:
    scores = scored([random_text(random.Random(seed)) for seed in range(5)])
    scores.get_metric(reset=True)
    assert scores.get_metric(reset=True) == SpanGraphScores(True).get_metric(reset=True)


def test_without_an_initial_graph_it_has_no_scores() -> None:
    texts = [random_text(random.Random(seed)) for seed in range(5)]
    with_, without = scored(texts), scored(texts, with_initial=False)
    found, expected = without.get_metric(True), with_.get_metric(True)
    assert found == {k: v for k, v in expected.items() if not k.startswith("initial_")}


def test_types_whose_names_become_equal_stay_apart() -> None:
    text = random_text(random.Random(0))
    text["metadata"].update(
        is_padding=False,
        concepts=[
            {"id": "C1", "semantic_types": ["Cell line"]},
            {"id": "C2", "semantic_types": ["Cell_line"]},
        ],
    )
    text["explanations"] = [(0, 0, 0.25, [(0, 0.5), (1, 0.25)])]
    found = scored([text]).get_metric(reset=True)
    assert {key: found[key] for key in found if key.startswith("attention/")} == {
        "attention/Cell_line": 0.5,
        "attention/Cell_line_": 0.25,
    }


def test_padding_counts_nowhere() -> None:
    text = random_text(random.Random(3))
    text["metadata"]["is_padding"] = True
    text["metadata"]["document"] = Document("d", "x", metadata={"clusters": [], "interactions": []})
    assert scored([text]).get_metric(True) == SpanGraphScores(True).get_metric(True)


@pytest.fixture
def biorelex(fixtures_folder: Any) -> List[Document]:
    path = fixtures_folder / "corpora" / "biorelex" / "sentences.json"
    return list(CorpusFormat.by_name("biorelex")().read(path))


def biorelex_text(gold: Document, document: Optional[Document], keep: int) -> Dict[str, Any]:
    """Makes a text whose predictions are the first relations."""
    metadata = {
        "is_padding": False,
        "word_spans": [(0, len(gold.text))],
        "gold_entities": entity_items(gold),
        "gold_relations": relation_items(gold),
    }
    if document is not None:
        metadata["document"] = document
    predicted = entity_items(gold), relation_items(gold)[:keep]
    return {
        "metadata": metadata,
        "predicted": predicted,
        "initial": ([], []),
        "explanations": [],
    }


def test_official_score_is_that_of_whole_sentences_of_biorelex(biorelex: List[Document]) -> None:
    texts = [biorelex_text(gold, gold, keep=2) for gold in biorelex]
    found = scored(texts).get_metric(reset=True)
    official = BioRelExF1()
    official(
        [
            Document(
                gold.id,
                gold.text,
                mentions=gold.mentions,
                relations=list(gold.relations)[:2],
            )
            for gold in biorelex
        ],
        biorelex,
    )
    expected = official.get_metric()
    assert 0 < expected["f1"] < 1
    assert {key: found[f"official_{key}"] for key in expected} == expected

    # A part of a document and a document of another corpus have no official score.
    part = biorelex_text(biorelex[0], None, keep=2)
    other = biorelex_text(biorelex[1], Document("d", biorelex[1].text), keep=2)
    found_without = scored([part, other]).get_metric(reset=True)
    assert not any(key.startswith("official") for key in found_without)
    first = scored([*texts, part, other]).get_metric(reset=True)
    assert {key: first[f"official_{key}"] for key in expected} == expected


def test_official_score_is_forgotten_on_reset(biorelex: List[Document]) -> None:
    scores = scored([biorelex_text(gold, gold, keep=2) for gold in biorelex])
    assert "official_f1" not in scores.get_metric()
    assert "official_f1" in scores.get_metric(reset=True)
    assert "official_f1" not in scores.get_metric(reset=True)


def _score_share(
    rank: int, world_size: int, device: int, texts: List[Any], expected: Dict[str, float]
) -> None:
    scores = scored(texts[rank::world_size])
    main = scores.get_metric()
    assert main == pytest.approx({key: expected[key] for key in main})
    assert scores.get_metric(reset=True) == pytest.approx(expected)
    assert scores.get_metric(reset=True)["entity_gold"] == 0.0


def test_two_processes_give_the_scores_of_one(biorelex: List[Document]) -> None:
    texts = [random_text(random.Random(seed)) for seed in range(7)]
    # Only one process has such a document.
    texts.insert(2, biorelex_text(biorelex[0], biorelex[0], keep=2))
    expected = scored(texts).get_metric(reset=True)
    assert "official_f1" in expected
    torch.multiprocessing.start_processes(
        init_process,
        args=(2, [-1, -1], _score_share, (texts, expected), None, "127.0.0.1", _free_port()),
        nprocs=2,
        start_method="fork",
    )


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
