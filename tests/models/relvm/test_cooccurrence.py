from pathlib import Path
from typing import Any

import pytest
from allennlp.commands.train import train_model
from allennlp.common import Params
from allennlp.common.checks import ConfigurationError
from allennlp.models import load_archive

from tests.models.relvm import toy_relations
from tests.models.relvm.toy_relations import NO_RELATION, batch_of, build


@pytest.fixture(scope="module")
def batch() -> Any:
    return batch_of(toy_relations.pairs(30))


def test_every_pair_that_shares_a_sentence_has_the_label_of_its_types(batch: Any) -> None:
    _, vocab, instances = batch
    model = build({"type": "cooccurrence"}, vocab).eval()
    outputs = model.forward_on_instances(instances)
    for output, instance in zip(outputs, instances, strict=True):
        assert output["label"] == "-".join(instance["metadata"]["types"])
    metrics = model.get_metrics(reset=True)
    gold = sum(instance["label"].label != NO_RELATION for instance in instances)
    assert metrics["recall"] == 1.0
    assert metrics["precision"] == pytest.approx(gold / 30)


def test_other_pairs_have_none(batch: Any) -> None:
    tensors, vocab, _ = batch
    model = build({"type": "cooccurrence"}, vocab).eval()
    metadata = [
        {"types": ["Chemical", "Disease"], "sentences": 0},
        {"types": ["Chemical", "Gene"], "sentences": 3},
        {"types": ["Disease", "Chemical"], "sentences": None},
    ]
    output = model(tensors["entities"], metadata=metadata)
    labels = model.make_output_human_readable(output)["label"]
    assert labels == [NO_RELATION, NO_RELATION, "CHEMICAL-DISEASE"]


@pytest.mark.parametrize("metadata", [None, [{"types": []}]])
def test_types_are_needed(batch: Any, metadata: Any) -> None:
    tensors, vocab, _ = batch
    model = build({"type": "cooccurrence"}, vocab).eval()
    with pytest.raises(ConfigurationError, match="needs the types"):
        model(tensors["entities"], metadata=metadata)


def test_it_is_archived_without_training(tmp_path: Path) -> None:
    data = toy_relations.write(tmp_path / "data.jsonl", toy_relations.pairs(16))
    config = toy_relations.experiment(
        {"type": "cooccurrence"}, data, trainer={"type": "no_op"}, evaluate_on_test=True
    )
    config["test_data_path"] = str(data)
    train_model(Params(config), str(tmp_path / "run"))
    assert load_archive(tmp_path / "run" / "model.tar.gz").model.labels
    assert '"test_recall": 1.0' in (tmp_path / "run" / "metrics.json").read_text()
