"""The garbage collector and what is loaded."""

import gc

import pytest

from bio_ie.processes.garbage import loaded_objects_stay


def test_collector_sees_them_again_afterwards():
    kept = [[]]
    with pytest.raises(KeyError), loaded_objects_stay():
        raise KeyError
    assert any(found is kept for found in gc.get_objects())


def test_collector_does_not_see_them():
    kept = [[]]
    with loaded_objects_stay():
        assert not any(found is kept for found in gc.get_objects())
    assert not gc.get_freeze_count()
