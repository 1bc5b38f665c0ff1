import os
import stat
from types import SimpleNamespace

import pytest
import torch
from allennlp.common import Params
from allennlp.common.checks import ConfigurationError
from allennlp.training import Checkpointer
from allennlp.training.trainer import TrainerCheckpoint

from bio_ie.training.atomic_checkpointer import AtomicCheckpointer


def checkpointer(folder, **settings):
    result = Checkpointer.from_params(
        Params({"type": "atomic", **settings}), serialization_dir=str(folder)
    )
    assert isinstance(result, AtomicCheckpointer)
    return result


def trainer(epochs, batches=0, weight=1.0, is_best=False, best=None, **more):
    """A trainer with everything that a checkpointer needs."""
    state = {
        "epochs_completed": epochs,
        "batches_in_epoch_completed": batches,
        "best_model_filename": best,
        **more,
    }
    return SimpleNamespace(
        get_checkpoint_state=lambda: TrainerCheckpoint({"weight": torch.tensor(weight)}, state),
        _should_validate_this_epoch=True,
        _metric_tracker=SimpleNamespace(is_best_so_far=lambda: is_best),
    )


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_checkpoint_is_loaded_as_it_was_saved(tmp_path):
    checkpointer(tmp_path).save_checkpoint(trainer(2, 5, weight=0.25, optimizer=[1.5]))
    assert names(tmp_path) == ["model_state_e2_b5.th", "training_state_e2_b5.th"]
    model_state, state = checkpointer(tmp_path).load_checkpoint()
    assert model_state == {"weight": torch.tensor(0.25)}
    assert state["optimizer"] == [1.5]


def test_checkpoints_can_be_read_by_whom_the_umask_allows(tmp_path):
    umask = os.umask(0o022)
    try:
        checkpointer(tmp_path).save_checkpoint(trainer(1))
    finally:
        os.umask(umask)
    assert stat.S_IMODE((tmp_path / "model_state_e1_b0.th").stat().st_mode) == 0o644


def test_old_checkpoints_are_removed_after_the_new_one_is_whole(tmp_path, monkeypatch):
    saver = checkpointer(tmp_path, keep_most_recent_by_count=1)
    saver.save_checkpoint(trainer(1))
    seen = []
    remove = os.remove
    monkeypatch.setattr(os, "remove", lambda path: (seen.append(names(tmp_path)), remove(path)))
    saver.save_checkpoint(trainer(2))
    assert {"model_state_e2_b0.th", "training_state_e2_b0.th"} <= set(seen[0])
    assert names(tmp_path) == ["model_state_e2_b0.th", "training_state_e2_b0.th"]


@pytest.mark.parametrize("failing_save", [1, 2])
def test_save_that_fails_leaves_the_checkpoint_before(failing_save, tmp_path, monkeypatch):
    saver = checkpointer(tmp_path)
    saver.save_checkpoint(trainer(1, weight=1.0))
    save = torch.save
    saves = []

    def fail_half_way(state, file):
        saves.append(state)
        if len(saves) == failing_save:
            file.write(b"half")
            raise OSError("no space left on device")
        save(state, file)

    monkeypatch.setattr(torch, "save", fail_half_way)
    with pytest.raises(OSError, match="no space left"):
        saver.save_checkpoint(trainer(2, weight=2.0))
    model_state, state = checkpointer(tmp_path).load_checkpoint()
    assert (model_state["weight"], state["epochs_completed"]) == (1.0, 1)
    # Neither the half-written file nor an incomplete checkpoint remains.
    assert names(tmp_path) == ["model_state_e1_b0.th", "training_state_e1_b0.th"]


def test_what_a_killed_save_left_of_a_state_is_written_again(tmp_path):
    checkpointer(tmp_path).save_checkpoint(trainer(1, weight=1.0))
    (tmp_path / "model_state_e1_b0.th").unlink()
    checkpointer(tmp_path).save_checkpoint(trainer(1, weight=2.0, optimizer=[3]))
    model_state, state = checkpointer(tmp_path).load_checkpoint()
    assert model_state["weight"] == 2.0
    assert state["optimizer"] == [3]


@pytest.mark.parametrize("stale", [None, 0.5])
def test_best_weights_that_were_not_updated_are_when_loaded(stale, tmp_path):
    if stale is not None:
        torch.save({"weight": torch.tensor(stale)}, tmp_path / "best.th")
    checkpointer(tmp_path).save_checkpoint(trainer(1, weight=2.0, is_best=True))
    _, state = checkpointer(tmp_path).load_checkpoint()
    assert state["best_model_filename"] == str(tmp_path / "best.th")
    assert torch.load(tmp_path / "best.th") == {"weight": torch.tensor(2.0)}


@pytest.mark.parametrize("settings", [{"is_best": False}, {"is_best": True, "batches": 3}])
def test_best_weights_of_an_epoch_before_are_kept(settings, tmp_path):
    torch.save({"weight": torch.tensor(0.5)}, tmp_path / "best.th")
    earlier = "/where/the/folder/was/before/best.th"
    checkpointer(tmp_path).save_checkpoint(trainer(2, weight=2.0, best=earlier, **settings))
    _, state = checkpointer(tmp_path).load_checkpoint()
    assert state["best_model_filename"] == str(tmp_path / "best.th")
    assert torch.load(tmp_path / "best.th") == {"weight": torch.tensor(0.5)}


@pytest.mark.parametrize("prefix", ["", "module."])
def test_best_weights_are_averaged_ones_under_a_moving_average(prefix, tmp_path):
    average = {"shadows": {f"{prefix}weight": torch.tensor(1.75)}}
    checkpointer(tmp_path).save_checkpoint(trainer(1, 0, 2.0, True, moving_average=average))
    model_state, _ = checkpointer(tmp_path).load_checkpoint()
    assert model_state["weight"] == 2.0
    assert torch.load(tmp_path / "best.th") == {"weight": torch.tensor(1.75)}


def test_there_is_nothing_to_load_in_a_new_folder(tmp_path):
    assert checkpointer(tmp_path).load_checkpoint() is None


def test_best_weights_without_a_checkpoint_are_an_error(tmp_path):
    torch.save({}, tmp_path / "best.th")
    with pytest.raises(ConfigurationError, match="no checkpoint to recover from"):
        checkpointer(tmp_path).load_checkpoint()


def test_recovered_run_saves_at_the_batches_of_one_left_alone(tmp_path):
    checkpointer(tmp_path).save_checkpoint(trainer(1, 4))
    recovered = checkpointer(tmp_path, save_every_num_batches=4)
    recovered.load_checkpoint()
    saved = [n for n in range(5, 12) if recovered.maybe_save_checkpoint(trainer(1, n), 1, n)]
    assert saved == [8]
