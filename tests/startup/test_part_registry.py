import importlib
import sys
import threading
import time
from pathlib import Path
from typing import Any, Iterator

import pytest
from allennlp.common import Params, Registrable
from allennlp.common.checks import ConfigurationError
from allennlp.nn import Activation

import bio_ie  # noqa: F401 - installs the registry
from bio_ie.modules.poolings import Pooling
from bio_ie.startup.part_registry import NamesOfBase, PartRegistry, install, registered_as
from bio_ie.startup.parts import PARTS

SHAPES = """
from allennlp.common import Registrable

class Shape(Registrable):
    default_implementation = "disc"
"""
DISC = """
import time
from shapes import Shape

time.sleep({seconds})

@Shape.register("disc")
class Disc(Shape):
    def __init__(self, radius: int) -> None:
        self.radius = radius

@Shape.register("unit_disc", constructor="of_one")
class UnitDisc(Disc):
    @classmethod
    def of_one(cls) -> "UnitDisc":
        return cls(1)
"""
NAMES = {"disc": "shapes_disc", "unit_disc": "shapes_disc", "gone": "shapes_other"}


@pytest.fixture
def shape(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A base class whose parts are in a module that is not imported yet."""
    (tmp_path / "shapes.py").write_text(SHAPES)
    (tmp_path / "shapes_disc.py").write_text(DISC.format(seconds=0))
    (tmp_path / "shapes_other.py").write_text("")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setitem(PARTS, "shapes.Shape", NAMES)  # type: ignore[arg-type]
    base = importlib.import_module("shapes").Shape
    yield base
    Registrable._registry.pop(base, None)
    for name in ("shapes", "shapes_disc", "shapes_other"):
        sys.modules.pop(name, None)


def test_names_are_listed_before_their_module_is_imported(shape: Any) -> None:
    assert shape.list_available() == ["disc", "unit_disc", "gone"]
    assert "disc" in Registrable._registry[shape]
    assert len(Registrable._registry[shape]) == 3
    assert "shapes_disc" not in sys.modules


def test_the_module_is_imported_when_a_part_is_asked_for(shape: Any) -> None:
    disc = shape.by_name("disc")
    assert disc is sys.modules["shapes_disc"].Disc
    assert shape.by_name("unit_disc")().radius == 1
    assert shape.from_params(Params({"radius": 3})).radius == 3
    assert shape.from_params(Params({"type": "unit_disc"})).radius == 1


def test_a_module_may_be_imported_without_asking(shape: Any) -> None:
    importlib.import_module("shapes_disc")
    assert shape.by_name("disc") is sys.modules["shapes_disc"].Disc


def test_nobody_else_can_register_a_name(shape: Any) -> None:
    with pytest.raises(ConfigurationError, match=r"name already in use for Disc"):
        shape.register("disc")(type("Other", (shape,), {}))
    other = shape.register("square")(type("Square", (shape,), {}))
    assert shape.by_name("square") is other
    assert shape.list_available() == ["disc", "unit_disc", "gone", "square"]
    with pytest.raises(ConfigurationError, match=r"name already in use for Square"):
        shape.register("square")(type("Other", (shape,), {}))
    replaced = shape.register("disc", exist_ok=True)(type("Other", (shape,), {}))
    assert shape.by_name("disc") is replaced


def test_a_name_that_somebody_has_registered_before_is_an_error() -> None:
    registered = {"disc": (dict, None)}
    with pytest.raises(ConfigurationError, match=r"Cannot register disc .* in use for dict"):
        NamesOfBase(registered, NAMES)


def test_what_a_module_did_not_register_is_not_there(shape: Any) -> None:
    assert "gone" in Registrable._registry[shape]
    with pytest.raises(KeyError):
        Registrable._registry[shape]["gone"]
    assert shape.list_available() == ["disc", "unit_disc"]
    with pytest.raises(ConfigurationError, match="'gone' is not a registered name for 'Shape'"):
        shape.by_name("gone")


def test_names_can_be_removed(shape: Any) -> None:
    del Registrable._registry[shape]["disc"]
    assert "disc" not in Registrable._registry[shape]
    assert Registrable._registry[shape].get("disc") is None


def test_a_thread_waits_for_the_import_of_another_one(shape: Any, tmp_path: Path) -> None:
    (tmp_path / "shapes_disc.py").write_text(DISC.format(seconds=0.3))
    importlib.invalidate_caches()
    thread = threading.Thread(target=shape.by_name, args=("disc",))
    thread.start()
    while "shapes_disc" not in sys.modules:
        time.sleep(0.01)
    assert shape.by_name("disc") is sys.modules["shapes_disc"].Disc
    thread.join()


def test_the_registry_is_a_dictionary_of_dictionaries(shape: Any) -> None:
    registry = Registrable._registry
    assert isinstance(registry, PartRegistry)
    assert shape in registry
    assert set(registry.get(shape)) == set(NAMES)  # type: ignore[arg-type]
    assert registry.get(int) is None
    assert int not in registry
    assert registry[Activation]["relu"][0].__name__
    install()
    assert Registrable._registry is registry


def test_allennlps_own_parts_are_there() -> None:
    assert {"relu", "linear"} <= set(Activation.list_available())


def test_a_name_is_found_under_all_bases(shape: Any) -> None:
    assert Pooling.by_name("mean") in list(registered_as("mean"))
    names = {part.__name__ for part in registered_as("exact")}
    assert "ExactCandidateGenerator" in names
    assert not list(registered_as("no such part"))
