"""Lets a package offer names from its modules without importing these modules.

The `__init__.py` of a package lists the names as ordinary imports, which type checkers read:

    if TYPE_CHECKING:
        from bio_ie.encoders.loading import load_encoder
    else:
        __getattr__ = lazy_exports(__name__)

A module is imported when one of its names is first asked for.
"""

import ast
import importlib
import importlib.util
import sys
from typing import Any, Callable, Dict, Tuple


def lazy_exports(package: str) -> Callable[[str], Any]:
    """The function `__getattr__` of a package, which Python calls for a name that the package does
    not have yet. It gives the names that are imported under `if TYPE_CHECKING:` in the package's
    `__init__.py`, and the package's own modules.

    # Parameters

    package : `str`
        The package's `__name__`.
    """
    exports: Dict[str, Tuple[str, str]] = {}

    def get(name: str) -> Any:
        if not name.startswith("__"):
            if not exports:
                exports.update(_imports_for_type_checkers(package))
            found = _import(package, name, exports)
            if found is not None:
                setattr(sys.modules[package], name, found)
                return found
        raise AttributeError(f"module {package!r} has no attribute {name!r}")

    return get


def _import(package: str, name: str, exports: Dict[str, Tuple[str, str]]) -> Any:
    module, its_name = exports.get(name, (package, name))
    if module != package:
        return getattr(importlib.import_module(module), its_name)
    if importlib.util.find_spec(f"{package}.{name}") is None:
        return None
    return importlib.import_module(f"{package}.{name}")


def _imports_for_type_checkers(package: str) -> Dict[str, Tuple[str, str]]:
    """The module of each name, and what the name is called there."""
    spec = importlib.util.find_spec(package)
    source = spec.loader.get_source(package) if spec is not None else None  # type: ignore[union-attr]
    return {
        alias.asname or alias.name: (statement.module or "", alias.name)
        for branch in ast.parse(source or "").body
        if isinstance(branch, ast.If) and ast.unparse(branch.test) == "TYPE_CHECKING"
        for statement in branch.body
        if isinstance(statement, ast.ImportFrom)
        for alias in statement.names
    }
