import json
from pathlib import Path

import pytest
from allennlp.commands.train import train_model
from allennlp.common import Params
from allennlp.common.checks import ConfigurationError
from allennlp.models import load_archive
from allennlp.predictors import Predictor

from bio_ie.predictors import PairPredictor
from tests.models.relvm import toy_relations
from tests.models.relvm.test_relvm_pair_classifier import config
from tests.models.relvm.toy_relations import NO_RELATION


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pairs")
    data = toy_relations.write(folder / "data.jsonl", toy_relations.pairs(60))
    train_model(Params(config(data)), str(folder / "run"))
    return folder / "run" / "model.tar.gz"


@pytest.fixture
def predictor(archive: Path) -> PairPredictor:
    loaded = Predictor.from_archive(load_archive(archive), "relation_pairs")
    assert isinstance(loaded, PairPredictor)
    loaded.batch_size = 3
    return loaded


def test_pairs_that_never_occurred_together_have_probabilities_and_a_spread(
    predictor: PairPredictor,
) -> None:
    pairs = [{"entities": ["C1", "G2"]}, {"entities": ["G2", "G3"]}, {"entities": ["D0", "C1"]}]
    outputs = predictor.predict_batch_json([*pairs, *pairs])
    assert [o["label"] for o in outputs[:3]] == [o["label"] for o in outputs[3:]]
    for pair, output in zip(pairs, outputs, strict=False):
        assert output["entities"] == pair["entities"]
        assert sum(output["probabilities"].values()) == pytest.approx(1, abs=1e-5)
        assert all(value > 0 for value in output["spread"].values())
        alone = predictor.predict_json(pair)
        for name in ("probabilities", "spread"):
            assert alone[name] == pytest.approx(output[name], abs=1e-6)
    assert json.loads(predictor.dump_line(outputs[0])) == outputs[0]


def test_links_of_an_entity_are_its_most_probable_pairs(predictor: PairPredictor) -> None:
    output = predictor.predict_json({"entity": "C0", "top": 4})
    assert output["entity"] == "C0"
    found = [1 - link["probabilities"][NO_RELATION] for link in output["links"]]
    assert len(found) == 4
    assert found == sorted(found, reverse=True)
    others = set(predictor._model.vocab.get_token_to_index_vocabulary("entities")) - {"C0"}
    every = predictor.predict_json({"entity": "C0", "top": 10_000})["links"]
    assert {link["entities"][1] for link in every} < others
    assert every[:4] == output["links"]


@pytest.mark.parametrize(
    "line, message",
    [
        ({"entities": ["C0", "nobody"]}, "does not know the entity 'nobody'"),
        ({"entities": ["C0"]}, "a list of two identifiers"),
        ({"entities": "C0"}, "a list of two identifiers"),
        ({}, "does not know the entity None"),
        ({"entity": "C0", "top": 0}, "'top' must be"),
        ({"entity": "C0", "with": 3}, "goes with 'top' alone"),
    ],
)
def test_a_bad_line_does_not_stop_the_others(
    predictor: PairPredictor, line: object, message: str
) -> None:
    bad, good = predictor.predict_batch_json([line, {"entities": ["C0", "D1"]}])  # type: ignore[list-item]
    assert message in bad["error"]
    assert good["label"]


def test_batch_size_must_be_positive(archive: Path) -> None:
    with pytest.raises(ConfigurationError, match="batch_size"):
        Predictor.from_archive(
            load_archive(archive), "relation_pairs", extra_args={"batch_size": 0}
        )


@pytest.mark.parametrize("line", ["{", "[1]"])
def test_a_line_that_is_no_object_becomes_an_error(predictor: PairPredictor, line: str) -> None:
    output = predictor.predict_json(predictor.load_line(line))
    assert output.keys() == {"error"}
    assert "JSON" in output["error"]
