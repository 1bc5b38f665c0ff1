"""
Placeholders for the modules of torchvision that AllenNLP imports for its image models.

A real torchvision must match the installed torch build exactly, so text models are better off
without one. The placeholders are there while AllenNLP's image modules are imported, and for those
modules alone. To read anything from a placeholder is an error.
"""

from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any, Dict, Type

NAMES = ("torchvision", "torchvision.ops", "torchvision.ops.boxes")


class Placeholder(ModuleType):
    """An empty module that says why it is empty."""

    def __init__(self, name: str, error_class: Type[Exception]) -> None:
        super().__init__(name)
        self.__spec__ = ModuleSpec(name, None)
        self.__path__: list[str] = []
        self.__reason = (
            "torchvision is not installed"
            if issubclass(error_class, ModuleNotFoundError)
            else "the installed torchvision does not import beside this torch"
        )

    def __getattr__(self, name: str) -> Any:
        # An `AttributeError`, so that `hasattr` answers `False`.
        raise AttributeError(
            f"'{self.__name__}.{name}' does not exist: {self.__reason}, and AllenNLP's image "
            "models need one that matches your torch"
        )


def placeholders(error: Exception) -> Dict[str, ModuleType]:
    """A placeholder for each of `NAMES`, by name; `error` is what the real import raised."""
    modules: Dict[str, ModuleType] = {name: Placeholder(name, type(error)) for name in NAMES}
    for name in NAMES[1:]:
        parent, _, child = name.rpartition(".")
        setattr(modules[parent], child, modules[name])
    return modules
