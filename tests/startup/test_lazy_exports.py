import importlib
import json
import sys
from pathlib import Path
from typing import Any, Dict, Iterator

import pytest

from bio_ie.startup.lazy_exports import lazy_exports

NAMES: Dict[str, str] = json.loads(Path(__file__).with_name("exported_names.json").read_text())
"""Names that could be imported from each package while packages still imported all their
modules."""

INIT = """
from typing import TYPE_CHECKING

from bio_ie.startup.lazy_exports import lazy_exports

if TYPE_CHECKING:
    from shop.fruit import Apple, grow as plant
else:
    __getattr__ = lazy_exports(__name__)

__all__ = ["Apple"]
"""


@pytest.mark.parametrize("package", NAMES)
def test_every_name_can_still_be_imported(package: str) -> None:
    module = importlib.import_module(package)
    for name in NAMES[package].split():
        assert getattr(module, name) is not None


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    folder = tmp_path / "shop"
    folder.mkdir()
    (folder / "__init__.py").write_text(INIT)
    (folder / "fruit.py").write_text("class Apple: ...\ndef grow(): ...\n")
    (folder / "broken.py").write_text("import nothing_of_this_name\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    yield importlib.import_module("shop")
    for name in [name for name in sys.modules if name.split(".")[0] == "shop"]:
        del sys.modules[name]


def test_a_module_is_imported_when_a_name_is_asked_for(shop: Any) -> None:
    assert "shop.fruit" not in sys.modules
    apple = shop.Apple
    assert apple is sys.modules["shop.fruit"].Apple
    assert "Apple" in vars(shop)


def test_a_name_may_be_another_one_in_its_module(shop: Any) -> None:
    from shop import plant  # type: ignore[import-not-found]

    assert plant is sys.modules["shop.fruit"].grow
    assert not hasattr(shop, "grow")


def test_modules_of_the_package_are_attributes(shop: Any) -> None:
    assert shop.fruit is sys.modules["shop.fruit"]


def test_everything_can_be_imported(shop: Any) -> None:
    names: Dict[str, Any] = {}
    exec("from shop import *", names)
    assert names["Apple"] is shop.Apple


def test_unknown_names_are_errors_as_usual(shop: Any) -> None:
    with pytest.raises(AttributeError, match="module 'shop' has no attribute 'Pear'"):
        _ = shop.Pear
    with pytest.raises(ImportError, match="cannot import name 'Pear' from 'shop'"):
        exec("from shop import Pear")
    assert not hasattr(shop, "__wrapped__")


def test_an_error_of_a_module_is_not_hidden(shop: Any) -> None:
    with pytest.raises(ModuleNotFoundError, match="nothing_of_this_name"):
        _ = shop.broken


def test_names_that_are_not_in_the_file_are_not_exported() -> None:
    with pytest.raises(AttributeError):
        lazy_exports("bio_ie.files")("load_encoder")
