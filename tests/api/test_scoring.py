"""Scores in Python programs."""

import pytest

import bio_ie
from tests.commands.command_server import ROOT

FACTS = ROOT / "fixtures/corpora/facts/documents.jsonl"


@pytest.mark.parametrize("kb", [None, str(ROOT / "fixtures/archives/facts.sqlite")])
def test_predictions_are_scored(kb):
    gold = list(bio_ie.read(FACTS))
    predicted = [document.with_changes(facts=document.facts[1:]) for document in gold]
    scores = bio_ie.score(predicted, gold, kb)
    assert scores.entity["f1"] == 1.0
    assert scores.fact["precision"] == 1.0
    number = sum(len(document.facts) for document in gold)
    lost = sum(bool(document.facts) for document in gold)
    assert scores.fact["recall"] == pytest.approx(1 - lost / number, abs=0.02)
