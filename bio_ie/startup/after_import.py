"""Runs functions once a module has been imported, whenever that is."""

import importlib.abc
import sys
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any, Callable, Dict, List, Optional

Function = Callable[[], None]

_functions: Dict[str, List[Function]] = {}
"""The functions to run, by the module that they wait for."""


class _Finder(importlib.abc.MetaPathFinder):
    """Finds these modules as Python would, and runs the functions after a module is executed."""

    def find_spec(self, name: str, path: Any, target: Any = None) -> Optional[ModuleSpec]:
        if name not in _functions:
            return None
        finders = (finder for finder in sys.meta_path if finder is not self)
        found = (finder.find_spec(name, path, target) for finder in finders)
        spec = next((spec for spec in found if spec is not None), None)
        if spec is None or spec.loader is None:
            return spec
        execute = spec.loader.exec_module

        def execute_and_run(module: ModuleType) -> None:
            execute(module)
            for function in _functions[name]:
                function()

        spec.loader.exec_module = execute_and_run  # type: ignore[method-assign]
        return spec


def after_import(module: str, function: Function) -> None:
    """Runs a function after a module has been imported: at once if that is so already, and
    otherwise when it happens. It runs again if the module is executed again.

    # Parameters

    module : `str`
        If it is a package, the function runs when its `__init__.py` has been executed.
    function : `Callable[[], None]`
        The modules that import `module` are not complete yet when it runs, so it must not need any
        of them.
    """
    _functions.setdefault(module, []).append(function)
    if not any(isinstance(finder, _Finder) for finder in sys.meta_path):
        sys.meta_path.insert(0, _Finder())
    if module in sys.modules:
        function()
