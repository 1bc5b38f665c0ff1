"""The requirements are in groups, with comments that say what they are for."""

import ast
from pathlib import Path
from typing import Dict, List, Set

import pytest
from packaging.requirements import Requirement

CHECKOUT = Path(__file__).resolve().parent.parent

MODULES = {"jsonnet": "_jsonnet", "scikit-learn": "sklearn"}
"""What is imported of a package, if that is not called like it."""

OTHERS = ("For AllenNLP alone.", "For transformers: ")
"""The beginnings of the comments on groups that the package itself never imports."""


def imported_by_us() -> Set[str]:
    modules: Set[str] = set()
    for path in (CHECKOUT / "bio_ie").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                modules.update(alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                modules.add(node.module or "")
    return {module.split(".")[0] for module in modules}


def groups(file: str) -> Dict[str, List[str]]:
    """The modules of the required packages, by the comment above them."""
    lines = (CHECKOUT / file).read_text("utf-8").splitlines()
    if file == "setup.cfg":
        start = lines.index("install_requires =") + 1
        lines = lines[start : lines.index("", start)]
    found: Dict[str, List[str]] = {}
    comment = ""
    for line in map(str.strip, lines):
        if line.startswith("#"):
            comment = line.strip("# ")
        elif line:
            name = Requirement(line).name
            found.setdefault(comment, []).append(MODULES.get(name, name.replace("-", "_")))
        elif file != "setup.cfg":
            comment = ""
    return found


@pytest.mark.parametrize("file", ["setup.cfg", "requirements.txt"])
def test_what_the_package_never_imports_is_said_to_be_for_others(file: str) -> None:
    imported = imported_by_us()
    found = groups(file)
    assert {comment for comment in found if comment.startswith(OTHERS)}
    for comment, modules in found.items():
        if comment.startswith(OTHERS):
            assert not imported.intersection(modules), comment
        elif not comment.startswith("For scispaCy"):
            assert imported.issuperset(modules), comment
