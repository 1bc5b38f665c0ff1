"""
Checks the versions of the libraries that AllenNLP needs, and prepares AllenNLP for them. AllenNLP
is installed without its requirements, so nothing else prevents a later `pip install` from breaking
it.

The check only reads the metadata of installed packages. It does not import the libraries, because
importing a broken combination fails with an error that hides the cause.
"""

import importlib
import importlib.metadata
import importlib.util
import shlex
import sys
from pathlib import Path
from typing import Optional

from packaging.specifiers import SpecifierSet

REQUIRED_VERSIONS = {
    "allennlp": "==2.10.1",
    "fairscale": ">=0.4.13",
    "scispacy": ">=0.6.2",
    "torch": ">=2.10",
    "transformers": ">=5.5,<6",
    "huggingface-hub": ">=1.31,<2",
    "numpy": ">=2",
}
"""The packages that AllenNLP and scispaCy need, with the versions that they work with."""

INSTALLED_WITHOUT_REQUIREMENTS = {
    "allennlp": ["--no-deps"],
    "fairscale": ["--no-deps"],
    # Its metadata excludes Python 3.13.
    "scispacy": ["--no-deps", "--ignore-requires-python"],
}
"""Packages whose own requirements cannot be met, with the options of pip to install them."""


CHECKOUT = Path(__file__).resolve().parent.parent


def check_environment() -> None:
    """
    Raises an `ImportError` if a library that AllenNLP needs is missing or has a wrong version. The
    message is one sentence that contains the command to repair it. If the process was started with
    `bio-ie` or `python -m bio_ie`, it prints the message and exits with status 1 instead.
    """
    problem = find_problem()
    if problem is None:
        importlib.import_module("allennlp_support").install()
        return
    if is_command_line():
        sys.exit(f"bio-ie: {problem}")
    raise ImportError(problem, name="bio_ie")


def find_problem() -> Optional[str]:
    """The first problem with the libraries and the command that repairs it, or `None`."""
    for name, versions in REQUIRED_VERSIONS.items():
        try:
            installed = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            found = "it is not installed"
        else:
            if SpecifierSet(versions).contains(installed, prereleases=True):
                continue
            found = f"{installed} is installed"
        options = INSTALLED_WITHOUT_REQUIREMENTS.get(name, [])
        return f"bio_ie needs {name} {versions}, but {found}; run: " + _pip_install(
            *options, name + versions
        )
    if importlib.util.find_spec("allennlp_support") is None:
        return (
            "bio_ie is used from a folder where it was not installed, and without the module "
            "allennlp_support AllenNLP does not import beside today's libraries; run: "
            + _pip_install("--no-deps", "--editable", str(CHECKOUT))
        )
    return None


def _pip_install(*arguments: str) -> str:
    return shlex.join([sys.executable, "-m", "pip", "install", *arguments])


def is_command_line() -> bool:
    """Whether the process was started with `bio-ie` or `python -m bio_ie`."""
    # For `python -m`, Python imports the package of the module before it runs the module. At that
    # time `sys.argv[0]` is "-m".
    return sys.argv[0] == "-m" or Path(sys.argv[0]).stem == "bio-ie"
