import importlib
import sys
from pathlib import Path
from typing import Iterator, List

import pytest

from bio_ie.startup import after_import as after_import_module
from bio_ie.startup.after_import import after_import


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    (tmp_path / "awaited.py").write_text("value = 1\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(after_import_module, "_functions", {})
    yield "awaited"
    sys.modules.pop("awaited", None)


def test_it_runs_once_the_module_is_complete(module: str) -> None:
    values: List[int] = []
    after_import(module, lambda: values.append(sys.modules[module].value))
    assert not values
    importlib.import_module(module)
    importlib.import_module(module)
    assert values == [1]


def test_it_runs_at_once_if_the_module_is_there(module: str) -> None:
    calls: List[str] = []
    importlib.import_module(module)
    after_import(module, lambda: calls.append("called"))
    assert calls == ["called"]


def test_several_functions_run_in_order_and_again_after_a_reload(module: str) -> None:
    calls: List[str] = []
    for name in ("first", "second"):
        after_import(module, lambda name=name: calls.append(name))  # type: ignore[misc]
    importlib.reload(importlib.import_module(module))
    assert calls == ["first", "second"] * 2


def test_a_module_that_does_not_exist_is_still_missing(module: str) -> None:
    after_import("awaited_in_vain", lambda: None)
    with pytest.raises(ModuleNotFoundError, match="awaited_in_vain"):
        importlib.import_module("awaited_in_vain")
