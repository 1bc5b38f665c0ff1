"""Makes AllenNLP's registry know the parts of this package before their modules are imported.

`Registrable._registry` maps each base class to the classes that are registered under it, by their
names. A module registers its classes when it is imported. Here, the registry also holds the names
in `parts.PARTS`, and imports the module of a name when the class is asked for.

AllenNLP is imported inside of functions. Importing it calls `install`, which must be there by then.
"""

import importlib
import sys
from typing import Any, DefaultDict, Dict, Iterator, Mapping, MutableMapping, Optional, Tuple

from bio_ie.startup.parts import PARTS

Entry = Tuple[type, Optional[str]]
"""A class, and the name of the class method that constructs it."""


class NamesOfBase(MutableMapping[str, Entry]):
    """What is registered under one base class.

    A name of this package counts as registered until its module is imported. After that, it counts
    if the module has registered it. So the module itself can register it, and any other module that
    tries to gets AllenNLP's error.

    # Parameters

    registered : `Mapping[str, Entry]`
        What has been registered so far.
    modules : `Mapping[str, str]`
        The modules that register further names, by name.
    """

    def __init__(self, registered: Mapping[str, Entry], modules: Mapping[str, str]) -> None:
        from allennlp.common.checks import ConfigurationError

        for name in modules.keys() & registered.keys():
            if registered[name][0].__module__ != modules[name]:
                raise ConfigurationError(
                    f"Cannot register {name} for {modules[name]}; "
                    f"name already in use for {registered[name][0].__name__}"
                )
        self._modules = modules
        self._entries: Dict[str, Optional[Entry]] = {**registered}
        for name in modules:
            self._entries.setdefault(name, None)

    def __getitem__(self, name: str) -> Entry:
        if self._entries[name] is None:
            importlib.import_module(self._modules[name])
        entry = self._entries[name]
        if entry is None:
            raise KeyError(name)
        return entry

    def __setitem__(self, name: str, entry: Entry) -> None:
        self._entries[name] = entry

    def __delitem__(self, name: str) -> None:
        del self._entries[name]

    def __contains__(self, name: object) -> bool:
        if name not in self._entries:
            return False
        if self._entries[name] is None:
            module = self._modules[name]
            if module not in sys.modules:
                return True
            importlib.import_module(module)  # waits for another thread that imports it just now
        return self._entries[name] is not None

    def __iter__(self) -> Iterator[str]:
        return iter([name for name in self._entries if name in self])

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({list(self)})"


class PartRegistry(DefaultDict[type, MutableMapping[str, Entry]]):
    """AllenNLP's registry of base classes, with the names of this package."""

    def __init__(self, registry: Mapping[type, MutableMapping[str, Entry]]) -> None:
        super().__init__()
        for base, registered in registry.items():
            self[base] = registered

    def __missing__(self, base: type) -> MutableMapping[str, Entry]:
        self[base] = {}
        return self[base]

    def __setitem__(self, base: type, registered: MutableMapping[str, Entry]) -> None:
        names = NamesOfBase(registered, PARTS.get(_qualified_name(base), {}))
        super().__setitem__(base, names)

    def get(self, base: type, default: Any = None) -> Any:
        if base not in self:
            return default
        return self[base]

    def __contains__(self, base: object) -> bool:
        return super().__contains__(base) or _qualified_name(base) in PARTS


def _qualified_name(base: Any) -> str:
    return f"{base.__module__}.{base.__qualname__}"


def install() -> None:
    """Replaces AllenNLP's registry, unless it is replaced already."""
    from allennlp.common.registrable import Registrable

    if not isinstance(Registrable._registry, PartRegistry):
        Registrable._registry = PartRegistry(Registrable._registry)  # type: ignore[assignment]


def registered_as(name: str) -> Iterator[type]:
    """The classes that are registered under a name, whatever their base."""
    from allennlp.common.registrable import Registrable

    for modules in PARTS.values():
        if name in modules:
            importlib.import_module(modules[name])
    for names in list(Registrable._registry.values()):
        if name in names:
            yield names[name][0]
