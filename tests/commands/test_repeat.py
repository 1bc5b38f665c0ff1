"""`repeat`."""

import json
import os
import re
from pathlib import Path

import pytest
from allennlp.commands import train

from bio_ie.archives.archive_files import is_whole

ROOT = Path(__file__).resolve().parents[2]
CONFIG = """
local parts = import '{root}/training_config/lib/shared/parts.libsonnet';
(import '{root}/fixtures/models/joint_ner_re.jsonnet')
+ parts.folded('fixtures/demo/validation.jsonl', 3, 0.2) {{ num_epochs:: 1 }}
"""


@pytest.fixture
def config(tmp_path):
    file = tmp_path / "folds.jsonnet"
    file.write_text(CONFIG.format(root=ROOT))
    return file


@pytest.fixture
def trainings(monkeypatch):
    """Records the folders in which runs are trained, and whether each run recovers from its
    folder."""
    done = []
    train_model = train.train_model

    def counted(params, serialization_dir, recover=False, **others):
        done.append((Path(serialization_dir).name, recover))
        return train_model(params, serialization_dir, recover=recover, **others)

    monkeypatch.setattr("bio_ie.training.side_by_side.train_model", counted)
    return done


def cut_off(path):
    """Leaves half of a file, as a kill may do."""
    os.truncate(path, path.stat().st_size // 2)


def lines_of_table(out):
    """Standard output without AllenNLP's log."""
    lines = out.splitlines()
    return lines[next(at for at, line in enumerate(lines) if line.split()[:1] == ["mean"]) :]


def test_every_fold_is_trained_and_scored(run, config, tmp_path, trainings):
    folder = tmp_path / "runs"
    status, out, _ = run("repeat", config, "-s", folder, "--folds", "0-2")
    assert status == 0
    assert trainings == [("fold_0", False), ("fold_1", False), ("fold_2", False)]
    summary = json.loads((folder / "summary.json").read_text())
    values = []
    documents = set()
    for number in range(3):
        run_folder = folder / f"fold_{number}"
        values.append(json.loads((run_folder / "metrics.json").read_text())["test_entity_f1"])
        config_of_run = json.loads((run_folder / "config.json").read_text())
        assert config_of_run["test_data_path"]["fold"] == number
        documents.add(str(config_of_run["train_data_path"]))
        assert summary["runs"][f"fold_{number}"]["entity_f1"] == values[-1]
    assert len(documents) == 3
    assert summary["mean"]["entity_f1"] == pytest.approx(sum(values) / 3)
    (line,) = [line for line in lines_of_table(out) if line.startswith("entity_f1 ")]
    counts = [
        sum(run[f"entity_{count}"] for run in summary["runs"].values())
        for count in ("correct", "predicted", "gold")
    ]
    pooled = 2 * counts[0] / (counts[1] + counts[2])
    assert line.split()[1] == f"{sum(values) / 3:.4f}"
    assert line.split()[-1] == f"{pooled:.4f}"

    # A second call reads the metrics of complete runs, and recovers runs that are not complete.
    (folder / "fold_1" / "model.tar.gz").unlink()
    cut_off(folder / "fold_2" / "model.tar.gz")
    cut_off(folder / "fold_2" / "config.json")
    trainings.clear()
    status, again, _ = run("repeat", config, "-s", folder, "--folds", "0-2")
    assert status == 0
    assert trainings == [("fold_1", True), ("fold_2", True)]
    assert is_whole(folder / "fold_2" / "model.tar.gz")
    assert lines_of_table(again) == lines_of_table(out)
    status, _, err = run(
        "repeat", config, "-s", folder, "--folds", "2", "-o", '{"model.dropout": 0.3}'
    )
    assert status == 1
    assert "fold_2 was trained with another config" in err
    cut_off(folder / "fold_2" / "config.json")
    status, _, err = run(
        "repeat", config, "-s", folder, "--folds", "2", "-o", '{"dataset_reader.max_instances": 3}'
    )
    assert status == 1
    assert re.search(r"fold_2/config\.json cannot be read: delete .*fold_2 to train it again", err)


def test_seeds_are_runs_too(run, config, tmp_path, trainings):
    folder = tmp_path / "runs"
    arguments = ["-s", folder, "--folds", "1", "--seeds", "5,7", "-o", '{"model.dropout": 0.3}']
    assert run("repeat", config, *arguments)[0] == 0
    assert [name for name, _ in trainings] == ["fold_1_seed_5", "fold_1_seed_7"]
    for seed in (5, 7):
        found = json.loads((folder / f"fold_1_seed_{seed}" / "config.json").read_text())
        assert found["random_seed"] == found["pytorch_seed"] == seed
        assert found["model"]["dropout"] == 0.3


@pytest.mark.parametrize(
    "options, message",
    [
        ([], "--folds or --seeds is needed"),
        (["--folds", "a"], "--folds takes numbers such as 0-9 or 1,3,5, not 'a'"),
        (["--folds", "1,0-2"], "has a number twice"),
        (["--seeds", "3-1"], "has a number twice, or no number"),
        (["--folds", "0", "-o", "{"], "error:"),
    ],
)
def test_errors_are_one_line(run, config, tmp_path, trainings, options, message):
    status, out, err = run("repeat", config, "-s", tmp_path / "runs", *options)
    assert (status, out, trainings) == (1, "", [])
    assert message in err


def test_a_config_without_the_setting_is_an_error(run, tmp_path, trainings):
    arguments = ["-s", tmp_path / "runs", "--folds", "0-9"]
    plain = ROOT / "fixtures/models/joint_ner_re.jsonnet"
    status, _, err = run("repeat", plain, *arguments)
    assert (status, trainings) == (1, [])
    assert "has no setting 'fold'" in err
    status, _, err = run("repeat", tmp_path / "none.jsonnet", *arguments)
    assert status == 1
    assert "there is no file" in err


def test_a_wrong_config_is_told_before_the_first_run(run, config, tmp_path, trainings):
    folder = tmp_path / "runs"
    override = '{"model.pair_scorer": {"type": "bi_affine"}}'
    status, _, err = run("repeat", config, "-s", folder, "--folds", "0-2", "-o", override)
    assert status == 1
    assert "model.pair_scorer.type: there is no pair scorer 'bi_affine'" in err
    assert trainings == []


@pytest.mark.parametrize("option", [["--workers", "2"], ["--threads", "2"], ["--address", "auto"]])
def test_options_of_ray_need_ray(run, config, tmp_path, option):
    status, _, err = run("repeat", config, "-s", tmp_path / "runs", "--folds", "0", *option)
    assert (status, f"{option[0]} needs --engine ray" in err) == (1, True)


def test_runs_side_by_side_give_what_one_after_the_other_give(run, config, tmp_path):
    pytest.importorskip("ray", reason="Ray is not installed")
    arguments = ("repeat", config, "--folds", "0-2", "-s")
    # A run that was begun is continued, and a trained one is not trained again.
    assert run("repeat", config, "--folds", "0", "-s", tmp_path / "ray")[0] == 0
    before = (tmp_path / "ray" / "fold_0" / "best.th").stat().st_mtime_ns
    assert run(*arguments, tmp_path / "ray", "--engine", "ray", "--workers", 2)[0] == 0
    assert (tmp_path / "ray" / "fold_0" / "best.th").stat().st_mtime_ns == before
    assert run(*arguments, tmp_path / "local")[0] == 0
    found, expected = (
        json.loads((tmp_path / name / "summary.json").read_text()) for name in ("ray", "local")
    )
    assert found["runs"].keys() == {"fold_0", "fold_1", "fold_2"}
    for name, scores in expected["runs"].items():
        assert found["runs"][name] == pytest.approx(scores, abs=1e-4)


def test_error_of_a_run_side_by_side_is_the_error_of_the_run(run, config, tmp_path):
    pytest.importorskip("ray", reason="Ray is not installed")
    broken = json.dumps({"train_data_path": "none.jsonl"})
    status, _, err = run(
        *("repeat", config, "-s", tmp_path / "runs", "--folds", "0", "-o", broken),
        *("--engine", "ray", "--workers", 1),
    )
    assert (status, "none.jsonl" in err) == (1, True)
