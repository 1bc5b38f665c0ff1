import json
from pathlib import Path

import _jsonnet
import pytest
from allennlp.common import Params

import bio_ie  # noqa: F401 - lets AllenNLP's configs import ours
from bio_ie.commands.chosen_config import chosen_config
from bio_ie.files import config_imports
from bio_ie.files.config_imports import configs_folder, import_config

CHECKOUT = Path(__file__).resolve().parents[2]
CONFIGS = CHECKOUT / "training_config"
ABLATION = """
local encoders = import 'bio_ie/lib/shared/encoders.libsonnet';
(import 'bio_ie/joint_ner_re/conll04.jsonnet') { encoder:: encoders.scibert }
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """An empty folder, in which the process works."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def evaluate(expression):
    options = {"import_callback": import_config}
    return json.loads(_jsonnet.evaluate_snippet("mine.jsonnet", expression, **options))


def error_of(expression):
    with pytest.raises(RuntimeError) as raised:
        evaluate(expression)
    return str(raised.value)


def test_configs_of_a_checkout_are_those_of_training_config():
    assert configs_folder() == CONFIGS


def test_configs_of_a_wheel_are_inside_the_package(tmp_path, monkeypatch):
    monkeypatch.setattr(config_imports, "_FOLDERS", (tmp_path, CONFIGS))
    assert configs_folder() == tmp_path


@pytest.mark.parametrize("path", sorted(CONFIGS.rglob("*.*sonnet")), ids=str)
def test_every_config_can_be_imported_from_an_empty_folder(path, folder):
    name = f"bio_ie/{path.relative_to(CONFIGS)}"
    assert import_config("", name) == (str(path), path.read_bytes())


def test_imports_within_an_imported_config_are_relative_to_it(folder):
    config = evaluate(ABLATION)
    indexers = config["dataset_reader"]["token_indexers"]
    assert indexers["tokens"]["model_name"] == "allenai/scibert_scivocab_uncased"
    assert config["train_data_path"] == "data/conll04/conll04_train.json"


def test_file_of_that_name_beside_the_config_comes_first(folder):
    (folder / "bio_ie" / "lib").mkdir(parents=True)
    (folder / "bio_ie" / "lib" / "mine.libsonnet").write_text("'of this folder'")
    (folder / "bio_ie" / "quickstart.jsonnet").write_text("import 'lib/mine.libsonnet'")
    assert evaluate("import 'bio_ie/quickstart.jsonnet'") == "of this folder"
    assert evaluate("std.objectHas(import 'bio_ie/lib/shared/encoders.libsonnet', 'scibert')")


def test_relative_and_absolute_imports_are_as_before(folder):
    (folder / "a").mkdir()
    (folder / "a" / "b.libsonnet").write_text("{ text: importstr '../c.txt' }")
    (folder / "c.txt").write_text("αβγ\n", "utf-8")
    (folder / "empty.txt").touch()
    assert evaluate("import 'a/b.libsonnet'") == {"text": "αβγ\n"}
    assert evaluate(f"import '{folder}/a/b.libsonnet'") == {"text": "αβγ\n"}
    assert evaluate("importbin 'c.txt'") == list("αβγ\n".encode())
    assert evaluate("importstr 'empty.txt'") == ""


def test_config_that_allennlp_evaluates_imports_ours(folder):
    (folder / "mine.jsonnet").write_text(ABLATION)
    whole = Params.from_file("mine.jsonnet").as_dict(quiet=True)
    assert whole == evaluate(ABLATION)


def test_overrides_import_ours(folder):
    (folder / "mine.jsonnet").write_text("import 'bio_ie/quickstart.jsonnet'")
    overrides = "{ model+: (import 'bio_ie/keci/biorelex.jsonnet').model }"
    config = Params.from_file("mine.jsonnet", overrides).as_dict(quiet=True)
    assert config["model"]["type"] == "keci"


def test_config_with_chosen_settings_imports_ours(folder):
    (folder / "mine.jsonnet").write_text(ABLATION)
    assert chosen_config("mine.jsonnet", {"seed": 7})["random_seed"] == 7


@pytest.mark.parametrize(
    "name, reason",
    [
        ("none.libsonnet", "there is no such file"),
        ("/none/bio_ie/quickstart.jsonnet", "there is no such file"),
        ("", "there is no such file"),
        ("folder", "Is a directory"),
        ("bio_ie/lib", "Is a directory"),
        ("c.txt/bio_ie", "Not a directory"),
        (
            "bio_ie/lib/keci/bas.libsonnet",
            "there is no such file; did you mean 'bio_ie/lib/keci/base.libsonnet'?",
        ),
        (
            "../lib/shared/paths.libsonnet",
            "there is no such file; the package has 'bio_ie/lib/shared/paths.libsonnet'",
        ),
        (
            "bio_ie/training_config/quickstart.jsonnet",
            "there is no such file; the package has 'bio_ie/quickstart.jsonnet'",
        ),
    ],
)
def test_missing_import_names_reason_file_and_line(folder, name, reason):
    (folder / "folder").mkdir()
    (folder / "c.txt").touch()
    first, place, *_ = error_of(f"{{\n  a: import '{name}',\n}}").split("\n\t")
    assert first == f'RUNTIME ERROR: couldn\'t open import "{name}": {reason}'
    assert place.startswith("mine.jsonnet:2:6-")


def test_error_within_an_imported_config_names_its_file_and_line(folder):
    (folder / "lib").mkdir()
    (folder / "lib" / "wrong.libsonnet").write_text("{\n  a: 1,\n  b: null.c,\n}\n")
    _, place, *_ = error_of("import 'lib/wrong.libsonnet'").split("\n\t")
    assert place.startswith("lib/wrong.libsonnet:3:6-")
