"""
Lets jsonnet find the configs of this package. An experiment that lies in any folder imports them:

    local encoders = import 'bio_ie/lib/shared/encoders.libsonnet';
    (import 'bio_ie/quickstart.jsonnet') { encoder:: encoders.scibert }

`bio_ie/` stands for `training_config/` of the checkout. A wheel has it inside the package.
"""

import difflib
import os
import re
from pathlib import Path
from typing import Any, Callable, Iterator, Tuple

PREFIX = "bio_ie/"
"""What the name of an import begins with, if it names a config of this package."""

_PACKAGE = Path(__file__).resolve().parent.parent
_FOLDERS = (_PACKAGE / "training_config", _PACKAGE.parent / "training_config")


def configs_folder() -> Path:
    """The folder of this package's configs: inside the package, or in a checkout beside it."""
    return next(filter(Path.is_dir, _FOLDERS), _FOLDERS[0])


def evaluate(function: Callable[..., str], *arguments: Any, **options: Any) -> str:
    """Calls a function of `_jsonnet`, which AllenNLP uses for configs and for overrides of the
    command line, so that imports can name configs of this package."""
    return function(*arguments, **{"import_callback": import_config, **options})


def import_config(folder: str, name: str) -> Tuple[str, bytes]:
    """
    The path and the content of a file that jsonnet imports (`import`, `importstr`, `importbin`).

    As always in jsonnet, `name` is relative to the file that has the import. Only if nothing is
    there, a name like `bio_ie/quickstart.jsonnet` is a config of this package.

    # Parameters

    folder : `str`
        The folder of the file that has the import. It is empty, or ends with a slash.
    name : `str`
        What is imported.

    Raises `RuntimeError` if it cannot be read. Jsonnet adds the name, the file and the line.
    """
    path = os.path.join(folder, name)
    if name.startswith(PREFIX) and not os.path.exists(path):
        path = os.path.join(configs_folder(), name[len(PREFIX) :])
    try:
        with open(path, "rb") as file:
            return path, file.read()
    except FileNotFoundError:
        raise RuntimeError(f"there is no such file{_proposal(name)}") from None
    except OSError as error:
        raise RuntimeError(error.strerror) from None


def _proposal(name: str) -> str:
    """The config of this package that an import may have meant. Docs and examples of a checkout
    have imports like `../lib/shared/paths.libsonnet`, which fail in other folders."""
    inner = re.sub(r"^(\.{1,2}/|training_config/)*", "", name.removeprefix(PREFIX))
    names = set(_names())
    if PREFIX + inner in names:
        return f"; the package has {PREFIX + inner!r}"
    nearest = difflib.get_close_matches(name, names, n=1) if name.startswith(PREFIX) else []
    return f"; did you mean {nearest[0]!r}?" if nearest else ""


def _names() -> Iterator[str]:
    """The names by which this package's configs can be imported."""
    folder = configs_folder()
    for path in folder.rglob("*.*sonnet"):
        yield PREFIX + path.relative_to(folder).as_posix()
