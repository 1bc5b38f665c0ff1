"""Overrides of a config that cannot be meant are errors, wherever the config is evaluated."""

import json
from pathlib import Path
from typing import Any, Dict, List

import _jsonnet
import pytest

FOLDER = Path(__file__).resolve().parents[2] / "training_config"
CONFIGS: List[str] = sorted(str(path.relative_to(FOLDER)) for path in FOLDER.rglob("*.jsonnet"))
BASES: List[str] = [
    "joint_ner_re/base",
    "keci/base",
    "linking/base",
    "relvm/base",
    "relvm/mention_relations",
    "relvm/pair_relations",
    "relvm/sentence_classifier",
    "snerl/base",
]
ENCODERS = "local encoders = import 'lib/shared/encoders.libsonnet'; "


def evaluate(expression: str) -> Dict[str, Any]:
    evaluated: Dict[str, Any] = json.loads(
        _jsonnet.evaluate_snippet(str(FOLDER / "snippet.jsonnet"), expression)
    )
    return evaluated


def error(expression: str) -> str:
    """The message of an evaluation that fails, without the places in the files."""
    with pytest.raises(RuntimeError) as raised:
        evaluate(expression)
    message = str(raised.value).partition("\n\t")[0]
    assert message.startswith("RUNTIME ERROR: ")
    return message.removeprefix("RUNTIME ERROR: ")


def extended(config: str, override: str) -> str:
    return f"(import '{config}.jsonnet') {override}"


def test_every_base_is_checked() -> None:
    checked = sorted(
        str(path.relative_to(FOLDER / "lib").with_suffix(""))
        for path in (FOLDER / "lib").rglob("*.libsonnet")
        if "settings.checked(" in path.read_text() and path.name != "settings.libsonnet"
    )
    assert checked == BASES


@pytest.mark.parametrize("colons", [":", "::"])
@pytest.mark.parametrize("base", BASES)
def test_a_base_knows_its_settings(base: str, colons: str) -> None:
    name = {"linking/base": "batch_size", "relvm/pair_relations": "num_samples"}.get(
        base, "batch_size"
    )
    misspelt = name.replace("_", "")
    message = error(f"(import 'lib/{base}.libsonnet') {{ {misspelt}{colons} 4 }}")
    assert message == f"there is no setting or part '{misspelt}'; did you mean '{name}'?"


def test_every_experiment_is_checked() -> None:
    """It extends a base, or is closed itself."""
    for config in CONFIGS:
        text = (FOLDER / config).read_text()
        if "settings.closed(" in text:
            assert "'batchsize'" in error(f"(import '{config}') {{ batchsize:: 4 }}")
        elif not config.startswith("knowledge/"):  # they extend one that is closed
            experiment = f"{{ hidden: std.objectHasAll(import '{config}', 'is_checked') }}"
            assert evaluate(experiment) == {"hidden": True}, config


def test_a_misspelt_setting_is_found_beside_keys_of_allennlp() -> None:
    """Experiments add some keys and remove others, so their number tells nothing."""
    override = "{ validation_data_path: 'a', test_data_path:: null, num_epoch:: 3 }"
    message = error(extended("quickstart", override))
    assert message == "there is no setting or part 'num_epoch'; did you mean 'num_epochs'?"


def test_a_name_like_no_other_is_told_without_a_proposal() -> None:
    message = error(extended("quickstart", "{ zzzzzzz:: 4 }"))
    assert message == "there is no setting or part 'zzzzzzz'"


def test_a_setting_may_have_one_colon_or_two() -> None:
    one, two = (
        evaluate(extended("quickstart", f"{{ batch_size{colons} 4 }}")) for colons in (":", "::")
    )
    assert one == two
    assert one["data_loader"]["batch_sampler"]["batch_size"] == 4


@pytest.mark.parametrize(
    ("override", "message"),
    [
        (
            "{ model+:: { k: 3 } }",
            "model:: has two colons, so it is no part of the result; write one: model+: { ... }",
        ),
        (
            "{ evaluate_on_test:: false }",
            "evaluate_on_test:: has two colons, so it is no part of the result; write one: "
            "evaluate_on_test:",
        ),
        (
            "{ model+: { kk:: 3 } }",
            "model.kk:: has two colons, so it is no part of the result; write one: model.kk:",
        ),
        (
            "{ linker+:: { scorer+: { dropuot:: 3 } } }",
            "model.linker.scorer.dropuot:: has two colons, so it is no part of the result; write "
            "one: model.linker.scorer.dropuot:",
        ),
        (
            "{ trainer+: { callbacks+: [{ type: 'x', y:: 3 }] } }",
            "trainer.callbacks[3].y:: has two colons, so it is no part of the result; write one: "
            "trainer.callbacks[3].y:",
        ),
        (
            "{ model+: { liner:: null } }",
            "model.liner:: null removes nothing; did you mean 'linker'?",
        ),
        (
            "{ trainer+: { checkpointer: { keep_most_recent_by_count: 2 } } }",
            "trainer.checkpointer: { ... } replaces the whole part, which then lacks 'type'; to "
            "change some of its keys, write trainer.checkpointer+: { ... }",
        ),
    ],
)
def test_parts_that_cannot_be_meant(override: str, message: str) -> None:
    assert error(extended("snerl/bc5cdr", override)) == message


@pytest.mark.parametrize("part", ["model", "trainer", "dataset_reader"])
def test_a_part_that_replaces_another_one_says_what_is_missing(part: str) -> None:
    message = error(extended("quickstart", f"{{ {part}: {{ dropout: 0.3 }} }}"))
    message = message.splitlines()[0]  # the validation reader is derived from the reader
    assert message.startswith(f"{part}: {{ ... }} replaces the whole part, which then lacks '")
    assert message.endswith(f"to change some of its keys, write {part}+: {{ ... }}")


@pytest.mark.parametrize(
    "override",
    [
        "{ model+: { linker:: null } }",
        "{ pooling:: { type: 'max' } }",
        "{ dataset_reader+: { tokenizer: 'spacy' } }",
        "{ data_loader: { batch_size: 3, shuffle: true } }",
        "{ model+: { pair_scorer: { type: 'biaffine' } } }",
        "{ trainer+: { checkpointer: { type: 'simple' } } }",
        "{ trainer+: { callbacks+: [{ type: 'tensorboard' }] } }",
        "{ test_data_path:: null, evaluate_on_test: false }",
        "{ distributed: { cuda_devices: [-1, -1] } }",
        "{ links:: 'linked', pooling:: { type: 'logsumexp' } }",
        "{ linker+:: { dropout: 0.3 } }",
        "{ encoder:: null, num_blocks:: 2, word_dropout:: 0.1 }",
        "{ word_dropout:: null, weight_decay:: 0.1 }",
        "{ random_seed: 1, numpy_seed: 1, pytorch_seed: 1 }",
    ],
)
def test_overrides_that_are_meant(override: str) -> None:
    assert evaluate(extended("snerl/bc5cdr", override)) != evaluate("import 'snerl/bc5cdr.jsonnet'")


@pytest.mark.parametrize("setting", ["num_epochs:: 3, word_dropout:: 0.1", "word_dropout: 0.1"])
def test_an_experiment_with_seeds_or_a_trainer_of_its_own_is_checked(setting: str) -> None:
    for own in ["numpy_seed: 1", "trainer: { type: 'gradient_descent', optimizer: 'adam' }"]:
        message = error(extended("snerl/bc5cdr", f"{{ {own}, {setting} }}"))
        assert "'word_dropout' has no effect" in message


@pytest.mark.parametrize(
    ("config", "override", "names"),
    [
        (
            "snerl/bc5cdr",
            "{ word_dropout:: 0.5, word_embedding_dropout:: 0.5, attention_dropout:: 0.5, "
            "num_blocks:: 6, num_heads:: 4 }",
            {
                "word_dropout",
                "word_embedding_dropout",
                "attention_dropout",
                "num_blocks",
                "num_heads",
            },
        ),
        ("snerl/bc5cdr", "{ pooling:: { type: 'max' }, temperature_lr:: 0.3 }", {"temperature_lr"}),
        ("snerl/bc5cdr", "{ links:: 'linked', linker+:: { dropout: 0.3 } }", {"linker"}),
        ("snerl/bc5cdr", "{ fold:: 3 }", {"fold"}),
        ("snerl/paper/ctd_filtered", "{ encoder:: encoders.scibert }", {"num_heads"}),
        ("keci/biorelex", "{ knowledge_base:: null, concept_vectors:: 'v' }", {"concept_vectors"}),
        (
            "quickstart",
            "{ trainer+: { optimizer: { type: 'adam' } } }",  # the quickstart has these settings
            {"encoder_lr", "head_lr"},
        ),
        (
            "multitask_entity_linker/bc5cdr_pt_single",
            "{ num_candidates:: 5, training_spans:: 'predicted' }",
            {"num_candidates", "training_spans"},
        ),
        ("relvm/gad_short", "{ hidden_dim:: 64 }", {"hidden_dim"}),
        ("relvm/gad_short", "{ fold:: 2, hidden_dim:: 64 }", {"hidden_dim"}),
    ],
)
def test_a_setting_without_effect_is_an_error(config: str, override: str, names: set[str]) -> None:
    message = error(ENCODERS + extended(config, override))
    found = {line.split("'")[1] for line in message.splitlines()}
    assert all("has no effect here" in line for line in message.splitlines())
    assert names <= found
    assert names == found or config.startswith("snerl/paper")


def test_a_setting_of_a_recipe_may_have_no_effect() -> None:
    """The recipe is chosen for the model as it is; an ablation is one changed line all the same."""
    assert evaluate("(import 'snerl/bc5cdr.jsonnet') { links:: 'linked' }")


def test_a_recipe_knows_the_settings_too() -> None:
    recipe = "(import 'lib/shared/settings.libsonnet').layer({ batchsize:: 4 })"
    message = error(f"(import 'quickstart.jsonnet') + {recipe}")
    assert message == "there is no setting or part 'batchsize'; did you mean 'batch_size'?"


@pytest.mark.parametrize(
    ("encoder", "message"),
    [
        (
            "encoders.minilm { embeder+: { bf16: true } }",
            "a pretrained encoder has no field 'embeder' (did you mean 'embedder'?)",
        ),
        ("encoders.random_words(8) { dropout:: 1 }", "an encoder of random words has no field"),
        (
            "encoders.minilm { embedder+: { bf16:: true } }",
            "model.text_field_embedder.token_embedders.tokens.bf16:: has two colons",
        ),
    ],
)
def test_an_encoder_knows_its_fields(encoder: str, message: str) -> None:
    override = f"{{ encoder:: {encoder} }}"
    assert error(ENCODERS + extended("snerl/bc5cdr", override)).startswith(message)


def test_a_knowledge_base_knows_its_settings() -> None:
    message = error("(import 'knowledge/molecules.jsonnet') { maped_names:: true }")
    assert "no field 'maped_names' (did you mean 'mapped_names'?)" in message


@pytest.mark.parametrize(
    ("name", "nearest"),
    [
        ("batchsize", "batch_size"),
        ("Batch_Size", "batch_size"),
        ("enocder", "encoder"),
        ("encoders", "encoder"),
        ("lr", None),
        ("something_else", None),
    ],
)
def test_the_nearest_name(name: str, nearest: Any) -> None:
    names = "['batch_size', 'encoder', 'encoder_lr', 'kb']"
    spelling = "(import 'lib/shared/spelling.libsonnet')"
    assert evaluate(f"{{ nearest: {spelling}.nearest('{name}', {names}) }}")["nearest"] == nearest


def test_the_distance_is_levenshteins() -> None:
    pairs = [("kitten", "sitting", 3), ("", "ab", 2), ("ab", "", 2), ("same", "same", 0)]
    for one, other, distance in pairs:
        spelling = "(import 'lib/shared/spelling.libsonnet')"
        found = evaluate(f"{{ d: {spelling}.distance('{one}', '{other}') }}")
        assert found == {"d": distance}
