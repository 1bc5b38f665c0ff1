"""Compares runs that are killed (-9) and recovered with a run without interruption: they are the
same to the last bit."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Dict

import pytest

from bio_ie.training.callbacks import ExactRecoveryCallback
from tests.training.killable_run import ROOT, Moment, assert_same, outcome, run, run_config

# There are 11 batches per epoch, and `best.th` is updated after epochs 0 to 3 of 5.
SAVE_OFTEN = "trainer+: { checkpointer+: { save_every_num_batches: 4 } }"
AVERAGED = """
    model+: { regularizer: { regexes: [['bias', { type: 'l2', alpha: 0.01 }]] } },
    trainer+: {
      checkpointer+: { save_every_num_batches: 3 },
      moving_average: { type: 'exponential', decay: 0.8 },
      num_gradient_accumulation_steps: 2,
      callbacks+: [{ type: 'tensorboard' }],
    },
    test_data_path: $.validation_data_path,
    evaluate_on_test: true,
    num_epochs:: 3,
"""
WITHOUT_VALIDATION = "validation_data_path:: null, num_epochs:: 2"
PATIENT = "trainer+: { patience: 1 }, num_epochs:: 8"


@pytest.fixture(scope="module")
def left_alone(tmp_path_factory):
    """The results of a run with these settings and without interruption."""
    outcomes: Dict[str, Any] = {}

    def find(settings: str = "") -> Dict[str, Any]:
        if settings not in outcomes:
            folder = tmp_path_factory.mktemp("left_alone")
            assert not run(run_config(folder, settings), folder / "run")
            outcomes[settings] = outcome(folder / "run")
        return outcomes[settings]

    return find


def killed(folder: Path, settings: str, *moments: Moment) -> Dict[str, Any]:
    """The results of a run that is killed at the first of the moments, recovered, killed at the
    second moment, and so on."""
    config = run_config(folder, settings)
    for moment in moments:
        assert run(config, folder / "run", _has_begun(folder), killed_at=moment), moment
    assert not run(config, folder / "run", recover=True)
    return outcome(folder / "run")


def _has_begun(folder: Path) -> bool:
    return (folder / "run").is_dir() and any((folder / "run").iterdir())


def test_the_runs_compared_here_train_drop_out_and_change_their_best_epoch(tmp_path, left_alone):
    metrics = left_alone()["metrics.json"]
    assert metrics["best_epoch"] == 3
    assert 0.5 < metrics["best_validation_overall"] < 1
    config = run_config(tmp_path)
    assert config["model"]["relation_loss_weight"]["type"] == "linear_warmup"
    assert config["model"]["dropout"] > 0
    other = run_config(tmp_path, "model+: { dropout: 0.0 }")
    assert not run(other, tmp_path / "other")
    assert outcome(tmp_path / "other")["metrics.json"] != metrics


@pytest.mark.parametrize(
    "moments",
    [
        pytest.param(
            [
                Moment("open", "entity_tags.txt"),
                Moment("batch", "e0_b2"),
                Moment("batch", "e0_b6"),
                Moment("batch", "e1_b3"),
                Moment("batch", "e4_b10"),
            ],
            id="between_checkpoints",
        ),
        pytest.param(
            [
                Moment("os.rename", "training_state_e0_b4.th", half_written=True),
                Moment("os.rename", "model_state_e0_b4.th", half_written=True),
                Moment("os.rename", "model_state_e1_b0.th"),
                Moment("os.rename", "model_state_e1_b4.th"),
                Moment("os.remove", "training_state_e1_b0.th"),
            ],
            id="while_saving",
        ),
        pytest.param(
            [
                Moment("os.link", "best.th"),
                Moment("os.remove", "best.th"),
                Moment("os.link", "best.th"),
                Moment("os.rename", "best.th", half_written=True),
            ],
            id="before_the_best_weights_are_updated",
        ),
        pytest.param(
            [
                Moment("open", "metrics_epoch_4.json"),
                Moment("open", "metrics.json"),
                Moment("open", "model.tar.gz"),
            ],
            id="after_the_last_epoch",
        ),
    ],
)
def test_killed_run_ends_as_one_left_alone(moments, tmp_path, left_alone):
    assert_same(killed(tmp_path, SAVE_OFTEN, *moments), left_alone())


def test_run_killed_between_the_last_batch_and_validation_keeps_training_metrics(
    tmp_path, left_alone
):
    settings = "trainer+: { checkpointer+: { save_every_num_batches: 11 } }"
    moments = Moment("open", "metrics_epoch_0.json"), Moment("open", "metrics_epoch_4.json")
    assert_same(killed(tmp_path, settings, *moments), left_alone())


def test_run_that_stopped_early_and_was_killed_trains_no_further_epoch(tmp_path, left_alone):
    expected = left_alone(PATIENT)
    epochs = expected["metrics.json"]["epoch"] + 1
    assert epochs < 8
    moments = Moment("os.rename", f"model_state_e{epochs}_b0.th"), Moment("open", "metrics.json")
    assert_same(killed(tmp_path, PATIENT, *moments), expected)


def test_moving_average_regularizer_and_accumulated_gradients_are_recovered(tmp_path, left_alone):
    expected = left_alone(AVERAGED)
    moments = Moment("batch", "e1_b5"), Moment("open", "best.th"), Moment("open", "metrics.json")
    assert_same(killed(tmp_path, AVERAGED, *moments), expected)


def test_best_weights_without_validation_data_are_those_of_the_last_epoch(tmp_path, left_alone):
    expected = left_alone(WITHOUT_VALIDATION)
    assert expected["metrics.json"]["best_epoch"] == 1
    moments = Moment("os.link", "best.th"), Moment("os.remove", "best.th")
    assert_same(killed(tmp_path, WITHOUT_VALIDATION, *moments), expected)


def test_finished_run_is_recovered_to_itself(tmp_path, left_alone):
    config = run_config(tmp_path)
    for recover in (False, True):
        assert not run(config, tmp_path / "run", recover=recover)
        assert_same(outcome(tmp_path / "run"), left_alone())


def test_command_line_recovers_a_run_killed_from_outside(tmp_path, left_alone):
    (tmp_path / "config.json").write_text(json.dumps(run_config(tmp_path, SAVE_OFTEN)))
    command = [sys.executable, "-m", "bio_ie", "train", "config.json", "-s", "run"]
    settings = {
        "cwd": tmp_path,
        "env": {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"},
        "stdout": subprocess.DEVNULL,
    }
    with subprocess.Popen(command, **settings) as process:
        while process.poll() is None and not list(tmp_path.glob("run/model_state_*")):
            time.sleep(0.001)
        process.kill()
    assert process.returncode == -signal.SIGKILL
    subprocess.run([*command, "--recover"], check=True, **settings)
    assert_same(outcome(tmp_path / "run"), left_alone())


def test_metric_that_only_an_earlier_epoch_has_is_kept(tmp_path):
    """AllenNLP reports the latest value of every metric that there was, for example the score of a
    type that was predicted only once."""
    callback = ExactRecoveryCallback(str(tmp_path))
    callback.load_state_dict({"metrics": {"f1/A": 0.5, "f1/B": 0.5}, "losses": {}})
    trainer = SimpleNamespace(
        _start_after_epochs_completed=1,
        _start_after_batches_in_epoch_completed=0,
        _distributed=False,
    )
    metrics = {"f1/B": 1.0}
    callback.on_epoch(trainer, metrics, epoch=1)
    assert metrics == {"f1/A": 0.5, "f1/B": 1.0}
    assert json.loads((tmp_path / "metrics_epoch_1.json").read_text()) == metrics


def test_half_written_config_is_a_clear_error(tmp_path):
    config = run_config(tmp_path)
    assert run(config, tmp_path / "run", killed_at=Moment("open", "meta.json"))
    written = tmp_path / "run" / "config.json"
    os.truncate(written, written.stat().st_size // 2)
    with pytest.raises(RuntimeError, match=str(written)):
        run(config, tmp_path / "run", recover=True)


def test_validation_loader_that_shuffles_is_an_error(tmp_path):
    config = run_config(tmp_path)
    del config["validation_data_loader"]  # AllenNLP falls back to the loader of the training data
    with pytest.raises(RuntimeError, match="needs validation data in a fixed order"):
        run(config, tmp_path / "run")
