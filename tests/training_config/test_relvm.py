"""Trains each config of RELVM for two steps. Classifiers use the representations that the other
configs train."""

import copy
import json
from pathlib import Path
from typing import Any, Dict

import _jsonnet
import pytest
from allennlp.commands.train import train_model
from allennlp.common import Params
from allennlp.data import DatasetReader, Vocabulary
from allennlp.models import Model

import bio_ie  # noqa: F401 - registers what the configs name
from tests.models.relvm import toy_relations

ROOT = Path(__file__).resolve().parent.parent.parent
FOLDER = ROOT / "training_config" / "relvm"
SIZES = {"xsmall": 128, "small": 256, "medium": 512, "large": 1024}
SHORT = {
    "xsmall_short": 128,
    "small_short": 256,
    "xsmall_identifiers_short": 128,
    "small_identifiers_short": 256,
}
MENTIONS = [
    f"{corpus}{kind}"
    for corpus in ("gad", "euadr")
    for kind in ("", "_short", "_not_pretrained", "_bert", "_bert_typed", "_bert_marked")
]
PAIRS = [
    "pairs",
    "pairs_short",
    "pairs_attention",
    "pairs_attention_short",
    "pairs_cooccurrence",
]
BLINDED = ROOT / "fixtures" / "corpora" / "blinded_tsv"

needs_readers = pytest.mark.skipif(
    not {"relation_context", "relation_pairs"} <= set(DatasetReader.list_available()),
    reason="there is no reader of relations",
)


def evaluate(name: str) -> Dict[str, Any]:
    config: Dict[str, Any] = json.loads(_jsonnet.evaluate_file(str(FOLDER / f"{name}.jsonnet")))
    return config


def shortened(config: Dict[str, Any], **paths: Path) -> Dict[str, Any]:
    config = copy.deepcopy(config)
    for name in ("train", "validation", "test"):
        if f"{name}_data_path" in config:
            config[f"{name}_data_path"] = str(paths.get(name, paths["train"]))
    if config["trainer"].get("type") != "no_op":
        config["data_loader"]["batches_per_epoch"] = 2
        config["trainer"].update(num_epochs=1, cuda_device=-1)
    for reader in ("dataset_reader", "validation_dataset_reader"):
        config[reader].pop("exclude", None)
    return config


def train(config: Dict[str, Any], folder: Path) -> Dict[str, float]:
    train_model(Params(copy.deepcopy(config)), str(folder))
    assert (folder / "model.tar.gz").exists()
    metrics: Dict[str, float] = json.loads((folder / "metrics.json").read_text())
    return metrics


@pytest.mark.parametrize("name, hidden_dim", SIZES.items())
def test_sizes_are_those_of_the_paper(name: str, hidden_dim: int) -> None:
    config = evaluate(name)
    model = config["model"]
    assert model["context_encoder"]["hidden_size"] == hidden_dim
    assert model["decoder"]["hidden_dim"] == hidden_dim
    assert model["u_dim"] == model["z_dim"] == model["word_embedding"]["embedding_dim"] == 300
    steps = config["trainer"]["num_epochs"] * config["data_loader"]["batches_per_epoch"]
    assert steps == 400_000
    assert config["data_loader"]["batch_size"] == 192
    assert config["trainer"]["optimizer"] == {
        "type": "fused_adamw",
        "lr": 1e-4,
        "weight_decay": 0.0,
    }
    assert model["kl_weight"] == {"type": "linear_warmup", "num_steps": 10_000}
    assert config["dataset_reader"]["max_length"] == 140
    assert len(config["dataset_reader"]["exclude"]) == 2


@pytest.mark.parametrize(
    "name, millions", [("xsmall", 2.8), ("small", 4.7), ("medium", 10.0), ("large", 26.9)]
)
def test_numbers_of_parameters_are_those_of_the_docs(name: str, millions: float) -> None:
    vocab = Vocabulary()
    for number in range(5_000):
        vocab.add_token_to_namespace(f"word{number}", "tokens")
    for type_ in ("CHEMICAL", "DISEASE", "GENE"):
        vocab.add_token_to_namespace(type_, "entities")
    model = Model.from_params(Params(evaluate(name)["model"]), vocab=vocab)
    number = sum(parameter.numel() for parameter in model.parameters())
    assert round(number / 1e6, 1) == millions


@pytest.mark.parametrize("name, hidden_dim", SHORT.items())
def test_short_training(name: str, hidden_dim: int, tmp_path: Path) -> None:
    config = evaluate(name)
    model = config["model"]
    assert model["context_encoder"]["hidden_size"] == hidden_dim
    assert (config["dataset_reader"]["entities"] == "identifiers") == ("identifiers" in name)
    steps = config["trainer"]["num_epochs"] * config["data_loader"]["batches_per_epoch"]
    assert model["kl_weight"]["num_steps"] == steps
    # the vocabulary is too small for the cutoffs here
    assert model["decoder"].pop("adaptive_cutoffs")
    config["trainer"]["learning_rate_scheduler"]["warmup_steps"] = 1
    metrics = train(shortened(config, train=_pair_sentences(tmp_path)), tmp_path / "run")
    assert "validation_elbo" in metrics


@pytest.mark.parametrize("name", [*SIZES, "large_identifiers"])
def test_representation_is_built_and_trains_a_step(name: str) -> None:
    tensors, vocab, _ = toy_relations.batch_of(toy_relations.sentences(4, labelled=False))
    model = Model.from_params(Params(evaluate(name)["model"]), vocab=vocab).train()
    model(**tensors)["loss"].backward()


@pytest.mark.parametrize("name", MENTIONS)
def test_mention_classifiers_have_their_steps_and_no_validation(name: str) -> None:
    config = evaluate(name)
    steps = config["trainer"]["num_epochs"] * config["data_loader"]["batches_per_epoch"]
    expected = 3000 if name.startswith("gad") else 200
    assert steps == (1600 if name == "gad_short" else expected)
    assert "validation_data_path" not in config
    assert config["evaluate_on_test"]
    assert Path(config["train_data_path"]).parent == Path(config["test_data_path"]).parent


@pytest.mark.parametrize("corpus", ["gad", "euadr"])
def test_the_transformer_sees_the_types_where_the_name_says_so(corpus: str) -> None:
    hidden, typed, marked = (evaluate(f"{corpus}_bert{kind}") for kind in ("", "_typed", "_marked"))
    assert "arguments" not in hidden["dataset_reader"]
    for config, form in ((typed, "typed"), (marked, "marked")):
        assert config["dataset_reader"].pop("arguments") == form
        assert config["validation_dataset_reader"].pop("arguments") == form
    assert typed == hidden
    del hidden["model"]["sentence_encoder"]
    assert marked == hidden


@pytest.mark.parametrize("name", ["gad_not_pretrained", "euadr_not_pretrained"])
def test_new_representation_is_built(name: str) -> None:
    tensors, vocab, _ = toy_relations.batch_of(toy_relations.sentences(6))
    model = Model.from_params(Params(evaluate(name)["model"]), vocab=vocab).train()
    model(**tensors)["loss"].backward()


def test_pair_classifier_has_the_settings_of_the_paper() -> None:
    config = evaluate("pairs")
    steps = config["trainer"]["num_epochs"] * config["data_loader"]["batches_per_epoch"]
    assert steps == 100_000
    sampler = config["data_loader"]["batch_sampler"]
    assert (sampler["related"], sampler["unrelated"]) == (64, 448)
    attention = evaluate("pairs_attention")
    steps = attention["trainer"]["num_epochs"] * attention["data_loader"]["batches_per_epoch"]
    assert steps == 1_000_000
    assert attention["trainer"]["optimizer"]["lr"] == 5e-6


@pytest.mark.parametrize("name", ["pairs_attention", "pairs_cooccurrence"])
def test_baselines_of_pairs_are_built(name: str) -> None:
    _, vocab, instances = toy_relations.batch_of(
        toy_relations.pairs(9, contexts=name == "pairs_attention")
    )
    model = Model.from_params(Params(evaluate(name)["model"]), vocab=vocab)
    assert model.eval().forward_on_instances(instances)[0]["label"]


@pytest.fixture(scope="module")
def archives(tmp_path_factory: pytest.TempPathFactory) -> Dict[str, Path]:
    """The archives of representations of mentions (by types) and of pairs (by identifiers)."""
    folder = tmp_path_factory.mktemp("relvm")
    archives = {}
    for name in ("xsmall", "large_identifiers"):
        config = shortened(evaluate(name), train=_pair_sentences(folder))
        config["model"]["decoder"]["hidden_dim"] = 8  # one of the sizes is enough
        metrics = train(config, folder / name)
        assert metrics["training_loss"] > 0
        assert "validation_elbo" in metrics
        archives[name] = folder / name / "model.tar.gz"
    return archives


def _pair_sentences(folder: Path) -> Path:
    path = folder / "sentences.jsonl"
    lines = [
        {
            "id": str(number),
            "words": ["zolamin", "relieves", "fever", "now"][: 3 + number % 2],
            "entities": [[0, 1, "CHEMICAL", f"C{number % 3}"], [2, 3, "DISEASE", f"D{number % 4}"]],
        }
        for number in range(400)
    ]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return path


@needs_readers
@pytest.mark.parametrize("name", MENTIONS)
def test_mention_classifier_trains_two_steps(
    name: str, archives: Dict[str, Path], tmp_path: Path
) -> None:
    config = shortened(evaluate(name), train=BLINDED / "train.tsv", test=BLINDED / "test.tsv")
    config["data_loader"]["batch_size"] = 2
    if "archive_file" in config["model"].get("representation", {}):
        archive = str(archives["xsmall"])
        config["model"]["representation"]["archive_file"] = archive
        config["vocabulary"]["directory"] = archive
    metrics = train(config, tmp_path / "run")
    assert metrics["training_loss"] > 0
    assert {"test_f1", "test_auc", "test_always_positive_f1"} <= metrics.keys()


@needs_readers
@pytest.mark.parametrize("name", PAIRS)
def test_pair_classifier_trains_two_steps(
    name: str, archives: Dict[str, Path], tmp_path: Path
) -> None:
    lines = [
        {
            "entities": [f"C{number % 3}", f"D{number % 4}"],
            "types": ["CHEMICAL", "DISEASE"],
            "label": "CHEMICAL-DISEASE" if number % 3 else "NO-RELATION",
            "sentences": 1,
            "contexts": [["<ENT>", "relieves", "<ENT>"]] * (1 + number % 2),
        }
        for number in range(12)
    ]
    config = shortened(evaluate(name), train=toy_relations.write(tmp_path / "pairs.jsonl", lines))
    if "representation" in config["model"]:
        archive = str(archives["large_identifiers"])
        config["model"]["representation"]["archive_file"] = archive
        config["vocabulary"]["directory"] = archive
    metrics = train(config, tmp_path / "run")
    assert {"test_f1", "test_best_f1", "test_recall"} <= metrics.keys()


def test_weights_start_as_in_the_released_code() -> None:
    _, vocab, _ = toy_relations.batch_of(toy_relations.sentences(4, labelled=False))
    part = Model.from_params(Params(evaluate("xsmall")["model"]), vocab=vocab).representation
    assert part.prior.mean.weight.std().item() == pytest.approx(1.0, rel=0.05)
    assert part.word_embedding.weight.std().item() == pytest.approx(0.1, rel=0.05)
    assert part.entity_embedding.weight.std().item() == pytest.approx(0.1, rel=0.1)
    assert part.inference.mean.weight.std() < 0.1
