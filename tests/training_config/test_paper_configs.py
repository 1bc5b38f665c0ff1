"""Each config of `paper/` is a base, a corpus and the settings listed here, without a recipe."""

import json
from pathlib import Path
from typing import Any, Dict, List, Set

import _jsonnet
import pytest
from allennlp.common import Params

from bio_ie.commands.repeat import repeat
from scripts.compare_configs import differences

FOLDER = Path(__file__).resolve().parents[2] / "training_config"
CONFIGS: List[str] = sorted(
    str(path.relative_to(FOLDER).with_suffix("")) for path in FOLDER.glob("*/paper/*.jsonnet")
)

READERS = ("dataset_reader", "validation_dataset_reader")
ENCODER = {
    "model.text_field_embedder.token_embedders.tokens.model_name",
    *(f"{reader}.token_indexers.tokens.model_name" for reader in READERS),
}
TABLE_A3 = {"trainer.num_epochs", "trainer.optimizer.lr", "trainer.optimizer.parameter_groups"}
"""The epochs and learning rates of the joint model."""
BATCH_SIZE = {"data_loader.batch_sampler.batch_size", "validation_data_loader.batch_size"}
SUPPLEMENTARY = {
    "model.encoder.attention_dropout",
    "model.encoder.num_heads",
    "model.entity_loss_weight",
    "model.entity_weight",
    "model.k",
    "model.negative_entities",
    "model.text_field_embedder.token_embedders.tokens.dropout",
    "model.text_field_embedder.token_embedders.tokens.word_dropout",
}
"""SNERL's settings for a data set."""
EXPECTED: Dict[str, Set[str]] = {
    "joint_ner_re/paper/ace04": ENCODER | TABLE_A3,
    "joint_ner_re/paper/ace05": ENCODER | TABLE_A3 | BATCH_SIZE,
    "joint_ner_re/paper/ade": ENCODER | TABLE_A3,
    "joint_ner_re/paper/conll04": ENCODER | TABLE_A3,
    "joint_ner_re/paper/i2b2": ENCODER | TABLE_A3,
    "keci/paper/ade": ENCODER | {"trainer.optimizer.lr"},
    "keci/paper/biorelex": ENCODER,
    "snerl/paper/ctd_full": set(),
    "snerl/paper/ctd_filtered": {
        *SUPPLEMENTARY,
        *(
            f"{reader}.corpus.{key}"
            for reader in READERS
            for key in ("candidate_generator", "filter")
        ),
        "model.argument_dropout",
        "model.encoder.num_blocks",
        "model.linker.scorer.dropout",
        "model.pair_scorer.dropout",
    },
    "snerl/paper/disease_phenotype": {
        *SUPPLEMENTARY,
        # The dimension d is 64 instead of 128.
        "model.argument_dim",
        "model.encoder.input_dim",
        "model.linker.concept_embedder.output_dim",
        "model.linker.concept_embedder.parts.semantic_type.embedding_dim",
        "model.linker.document_dim",
        "model.linker.scorer.hidden_dims",
        "model.pair_scorer.hidden_dims",
        "model.text_field_embedder.token_embedders.tokens.embedding.embedding_dim",
    },
}
CORPORA = {
    "snerl/paper/ctd_full": "ctd",
    "snerl/paper/ctd_filtered": "ctd",
    "bc5cdr": "bc5cdr_official",
    "medmentions": "medmentions('full')",
    "st21pv": "medmentions('st21pv')",
}
"""The names of corpora that differ from the names of their configs."""


def evaluate(expression: str) -> Dict[str, Any]:
    snippet = _jsonnet.evaluate_snippet(str(FOLDER / "snippet.jsonnet"), expression)
    config: Dict[str, Any] = json.loads(snippet)
    return config


def different_places(base: str, config: str) -> Set[str]:
    lines = differences(evaluate(base), evaluate(f"import '{config}.jsonnet'"))
    return {line.split(" ", 2)[1].rstrip(":") for line in lines}


LINKERS = [name for name in CONFIGS if name.startswith("multitask_entity_linker/")]


def test_all_configs_are_listed() -> None:
    assert {*EXPECTED, *LINKERS} == set(CONFIGS)


@pytest.mark.parametrize("config", EXPECTED)
def test_config_is_base_and_corpus_and_the_settings_of_the_paper(config: str) -> None:
    system, _, name = config.split("/")
    corpus = CORPORA.get(config, name)
    lib = f"lib/{system}"
    base = f"(import '{lib}/base.libsonnet') + (import '{lib}/corpora.libsonnet').{corpus}"
    assert different_places(base, config) == EXPECTED[config]


@pytest.mark.parametrize("config", LINKERS)
def test_linker_is_base_and_corpus_and_architecture_with_the_encoder_of_the_paper(
    config: str,
) -> None:
    name = config.rpartition("/")[2]
    corpus, architecture = name.split("_", maxsplit=1)
    tasks = {"mentions": "mention_recognition", "types": "entity_typing", "links": "entity_linking"}
    kind, _, task = architecture.partition("_")
    expected = ENCODER
    if kind == "bilstm":
        crf = corpus == "bc5cdr" or task != "links"  # Table 2
        architecture = f"bilstm('{tasks[task]}', crf={str(crf).lower()})"
        expected = set()
    elif architecture in tasks:
        architecture = f"pt_single {{ tasks:: ['{tasks[architecture]}'] }}"
    elif architecture.endswith("_hierarchical"):
        expected = ENCODER | {"model.task_sampling"}  # Sanh et al.
    elif architecture == "pe_single":
        expected = ENCODER | {"validation_dataset_reader.mention_detector"}
    base = (
        "local linking = import 'lib/linking/all.libsonnet'; "
        f"linking.base + linking.corpora.{CORPORA[corpus]} + linking.architectures.{architecture}"
    )
    assert different_places(base, config) == expected


def test_linkers_of_bc5cdr_have_the_official_split() -> None:
    files = {"train": "Training", "validation": "Development", "test": "Test"}
    for config in LINKERS:
        if "/bc5cdr_" in config:
            evaluated = evaluate(f"import '{config}.jsonnet'")
            for part, name in files.items():
                path = Path(evaluated[f"{part}_data_path"])
                assert path.name == f"CDR_{name}Set.PubTator.txt.gz"
            assert evaluated["evaluate_on_test"]
            without = evaluate(f"(import '{config}.jsonnet') {{ test_file:: null }}")
            assert (without["test_data_path"], without["evaluate_on_test"]) == (None, False)


@pytest.mark.parametrize(
    "types, expected", [("'first'", "first"), ("'rarest'", "rarest"), ("'joined'", "joined")]
)
def test_types_of_medmentions_are_a_setting(types: str, expected: str) -> None:
    path = "multitask_entity_linker/paper/medmentions_pt_multi.jsonnet"
    evaluated = evaluate(f"(import '{path}') {{ types:: {types} }}")
    assert evaluated["dataset_reader"]["corpus"]["types"] == expected
    for part in ("train", "validation", "test"):
        assert evaluated[f"{part}_data_path"]["format"]["format"]["types"] == expected


def test_keci_on_biorelex_is_the_paper() -> None:
    """Table 8, the appendix and sections 2.2 to 2.6; nothing that the paper does not have."""
    config = evaluate("import 'keci/paper/biorelex.jsonnet'")
    model, trainer = config["model"], config["trainer"]
    assert model["text_field_embedder"]["token_embedders"]["tokens"]["model_name"] == (
        "allenai/scibert_scivocab_uncased"
    )
    assert (trainer["num_epochs"], trainer["optimizer"]["lr"]) == (50, 2e-4)
    assert [group[1]["lr"] for group in trainer["optimizer"]["parameter_groups"][:2]] == [5e-5] * 2
    assert config["data_loader"]["batch_sampler"]["batch_size"] == 32
    assert (model["max_span_width"], model["spans_per_word"]) == (20, 0.5)
    assert model["relation_loss"] == "binary_cross_entropy"
    assert model["relation_activation"] == "softmax"
    assert model["final_loss_weight"] == 2.0
    assert set(model["knowledge"]["concept_embedder"]["parts"]) == {
        "semantic_type", "pretrained", "description",
    }  # fmt: skip
    assert "name_pooling" not in model
    assert "name_pair_pooling" not in model
    for reader in READERS:
        assert "word_keys" not in config[reader]
        assert config[reader]["background"].keys() == {"kb"}
        assert set(config[reader]["token_indexers"]) == {"tokens"}


@pytest.mark.parametrize(
    ("name", "folds"), [("ctd_full", 10), ("ctd_filtered", 10), ("disease_phenotype", 7)]
)
def test_snerl_is_repeated_for_all_folds(
    name: str, folds: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trained: List[Dict[str, Any]] = []

    def train(params: Params, folder: str, **_: Any) -> None:
        trained.append(params.as_dict(quiet=True))
        Path(folder).mkdir(parents=True)
        (Path(folder) / "metrics.json").write_text('{"test_fact_f1": 0.5}')

    monkeypatch.setattr("bio_ie.training.side_by_side.train_model", train)
    file = FOLDER / "snerl" / "paper" / f"{name}.jsonnet"
    repeat(str(file), str(tmp_path), {"fold": list(range(folds))})
    for split in ("train", "validation", "test"):
        parts = [config[f"{split}_data_path"] for config in trained]
        assert parts == [
            {**parts[0], "split": split, "fold": fold, "num_folds": folds} for fold in range(folds)
        ]
    # Here the facts are relations of the knowledge base, so what is scored is left out of it.
    if name == "disease_phenotype":
        for fold, config in enumerate(trained):
            place = f"knowledge_bases/open.fold_{fold}"
            reader = config["validation_dataset_reader"]
            assert reader["kb"]["path"] == f"{place}.sqlite"
            assert reader["candidate_generator"]["kb"]["path"] == f"{place}.sqlite"
            assert f'"{place}.distmult.safetensors"' in json.dumps(config["model"])
