"""
Shows whether other libraries install beside the environment of the running Python.

    .venv/bin/python scripts/check_resolution.py
    .venv/bin/python scripts/check_resolution.py bertopic haystack-ai

Pip resolves them, each alone and all together, and installs nothing; `PINNED` libraries must keep
the versions that they have. The exit status is 1 if there is no solution. Without arguments, the
libraries are `LIBRARIES` and the extras of this package. It asks the package index, so it is no
part of the checks of a change.
"""

import argparse
import configparser
import importlib.metadata
import json
import subprocess
import sys
from pathlib import Path
from typing import Dict, List

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

CHECKOUT = Path(__file__).resolve().parent.parent
LIBRARIES = ["datasets", "gradio", "gliner", "ray[data]", "optuna"]
"""What users are known to combine with this package."""

PINNED = ["transformers", "huggingface-hub", "numpy", "torch", "spacy"]
"""The libraries whose versions this package depends on most."""


class NoSolutionError(Exception):
    """Pip found no versions that fit together."""


def extras() -> Dict[str, List[str]]:
    """What the extras of this package ask for, by name."""
    setup = configparser.ConfigParser()
    setup.read(CHECKOUT / "setup.cfg", encoding="utf-8")
    found = setup["options.extras_require"].items()
    return {name: text.strip().splitlines() for name, text in found if name != "all"}


def installed(name: str) -> str:
    """The installed version of a distribution, or an empty string."""
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return ""


def resolve(requirements: List[str]) -> Dict[str, str]:
    """The distributions that pip would install, by name, and their versions."""
    command = [sys.executable, "-m", "pip", "install", "--dry-run", "--quiet", "--report", "-"]
    done = subprocess.run([*command, *requirements], capture_output=True, text=True)
    if done.returncode != 0:
        raise NoSolutionError(done.stderr.strip())
    chosen = [item["metadata"] for item in json.loads(done.stdout)["install"]]
    return {canonicalize_name(item["name"]): item["version"] for item in chosen}


def changes(chosen: Dict[str, str]) -> List[str]:
    """The installed distributions that have another version in a solution."""
    return [
        f"{name} {installed(name)} -> {version}"
        for name, version in sorted(chosen.items())
        if installed(name) not in ("", version)
    ]


def is_fine(title: str, requirements: List[str]) -> bool:
    """Resolves requirements, and prints what they would bring and change."""
    pins = [f"{name}=={installed(name)}" for name in PINNED]
    try:
        chosen = resolve([*requirements, *pins])
        newest = resolve(requirements)
    except NoSolutionError as error:
        print(f"{title}: no solution\n{error}")
        return False
    wanted = [canonicalize_name(Requirement(requirement).name) for requirement in requirements]
    names = list(dict.fromkeys(wanted))
    versions = [f"{name} {chosen.get(name) or installed(name)}" for name in names]
    print(f"{title}: {', '.join(versions)}; {len(chosen)} to install", *changes(chosen), sep="\n  ")
    if set(newest) & set(PINNED):
        newer = [f"{name} {newest[name]}" for name in names if newest.get(name) != chosen.get(name)]
        print(f"  not the newest: {', '.join(newer)} would change {', '.join(changes(newest))}")
    return True


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").strip().splitlines()[0])
    parser.add_argument("requirements", nargs="*", help="libraries, as pip takes them")
    named = parser.parse_args().requirements
    groups = {name: [name] for name in named or LIBRARIES}
    if not named:
        groups.update({f"bio_ie[{name}]": names for name, names in extras().items()})
    groups["all together"] = [name for names in groups.values() for name in names]
    print("They keep their versions:", ", ".join(f"{name} {installed(name)}" for name in PINNED))
    fine = [is_fine(title, names) for title, names in groups.items()]
    return int(not all(fine))


if __name__ == "__main__":
    sys.exit(main())
