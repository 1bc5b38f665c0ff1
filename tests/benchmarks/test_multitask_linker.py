from pathlib import Path

import pytest
import torch
from transformers import BertConfig

from benchmarks.multitask_linker import (
    MULTITASK_PAPER,
    MultitaskLinkerBenchmark,
    read_linked_documents,
)
from benchmarks.timing import NotMeasured

TINY = BertConfig(hidden_size=32, num_hidden_layers=2, num_attention_heads=2, intermediate_size=64)


def build(folder: Path, num_classes: int = 300) -> MultitaskLinkerBenchmark:
    documents = read_linked_documents(6, folder)
    return MultitaskLinkerBenchmark(documents, 20, num_classes, MULTITASK_PAPER, TINY)


@pytest.fixture(scope="module")
def benchmark_(tmp_path_factory: pytest.TempPathFactory) -> MultitaskLinkerBenchmark:
    return build(tmp_path_factory.mktemp("none"))


def test_measured_model_finds_the_gold_mentions(benchmark_: MultitaskLinkerBenchmark) -> None:
    model = benchmark_.model.eval()
    labeller = model.word_tasks.labeller("entity_linking")
    assert labeller.softmax is not None
    # so that the scores of a batch are computed in several parts
    labeller.softmax._max_scores = 3000
    num_mentions = 0
    with torch.no_grad():
        for batch in benchmark_.batches(4, labelled=True):
            benchmark_.predict(batch)
            num_mentions += batch.num_mentions
    scores = model.get_metrics(reset=True)
    assert num_mentions > 10
    for task in model.tasks:
        assert scores[f"{task}_accuracy"] == 1.0


def test_there_are_as_many_classes_as_asked_for(benchmark_: MultitaskLinkerBenchmark) -> None:
    assert benchmark_.model.vocab.get_vocab_size("concept_labels") == 300


def test_prediction_gets_no_labels(benchmark_: MultitaskLinkerBenchmark) -> None:
    (batch, *_) = benchmark_.batches(4, labelled=False)
    assert set(batch.inputs) == {"words", "target_words", "metadata"}
    assert set(batch.labels) == set(benchmark_.model.tasks)


def test_too_few_sentences_for_a_batch(benchmark_: MultitaskLinkerBenchmark) -> None:
    with pytest.raises(NotMeasured, match="are not enough for a batch of 50"):
        benchmark_.training("row", 50, 1)
