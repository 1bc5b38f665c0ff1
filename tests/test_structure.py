"""Checks rules of CONTRIBUTING.md about the places of code that ruff and import-linter do not
check."""

import ast
import re
import subprocess
from pathlib import Path
from typing import Iterator, List

import pytest

CHECKOUT = Path(__file__).resolve().parent.parent
PACKAGE = CHECKOUT / "bio_ie"
SOURCES = sorted(PACKAGE.rglob("*.py"))


def imports_in_functions(path: Path) -> Iterator[int]:
    """The lines in which a function imports from this package."""
    for function in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef)):
            for node in ast.walk(function):
                names: List[str] = []
                if isinstance(node, ast.ImportFrom):
                    names = [node.module or ""]
                elif isinstance(node, ast.Import):
                    names = [alias.name for alias in node.names]
                if any(name.split(".")[0] == "bio_ie" for name in names):
                    yield node.lineno


def test_imports_of_the_package_stand_at_the_top() -> None:
    # The command configures warnings before it imports anything that warns.
    found = {
        f"{path.relative_to(CHECKOUT)}:{line}"
        for path in SOURCES
        if path.name != "__main__.py"
        for line in imports_in_functions(path)
    }
    assert not found


@pytest.mark.parametrize("folder", ["bio_ie", "benchmarks", "tests"])
def test_the_order_of_imports_has_no_exceptions(folder: str) -> None:
    for path in sorted((CHECKOUT / folder).rglob("*.py")):
        for line in path.read_text("utf-8").splitlines():
            exceptions = re.search(r"# noqa: ([A-Z0-9, ]+)", line)
            if exceptions is not None:
                assert not {"E402", "I001"} & set(exceptions[1].replace(",", " ").split()), path


@pytest.mark.parametrize("folder, most", [("modules", 15), ("models", 6)])
def test_roots_of_folders_stay_small(folder: str, most: int) -> None:
    assert len(list((PACKAGE / folder).glob("*.py"))) <= most


def test_tests_mirror_the_package() -> None:
    """A folder of tests has the same name as the folder of the package that it tests."""
    not_mirrored = {"benchmarks", "fixtures", "fuzzing", "training_config"}
    for path in sorted((CHECKOUT / "tests").rglob("__init__.py")):
        folder = path.parent.relative_to(CHECKOUT / "tests")
        if folder.parts and folder.parts[0] not in not_mirrored:
            assert (PACKAGE / folder).is_dir(), folder


@pytest.mark.parametrize("folder", ["formats", "wrappers"])
def test_every_corpus_format_has_tests(folder: str) -> None:
    modules = (PACKAGE / "data/corpora" / folder).glob("*.py")
    registering = [path for path in modules if "@CorpusFormat.register" in path.read_text("utf-8")]
    assert registering
    for path in registering:
        assert (CHECKOUT / "tests/data/corpora" / folder / f"test_{path.name}").exists()


SYSTEMS = sorted(
    path.name for path in (PACKAGE / "models").iterdir() if (path / "model.py").exists()
)
PAGES = {"multitask_entity_linker": "multitask_entity_linking"}
"""What the pages of a system are called, if not like the system."""


@pytest.mark.parametrize("system", SYSTEMS)
def test_a_system_has_all_that_belongs_to_it(system: str) -> None:
    page = PAGES.get(system, system)
    parts = [
        f"training_config/{system}",
        f"tests/models/{system}/test_model.py",
        *(f"docs/{half}/{page}.md" for half in ("models", "results", "configs")),
    ]
    for part in parts:
        assert (CHECKOUT / part).exists(), part
    for text in ("README.md", "docs/README.md", "docs/configs/README.md"):
        assert page in (CHECKOUT / text).read_text("utf-8"), text


def test_papers_are_called_by_their_systems_names() -> None:
    command = ["git", "grep", "-nEi", r"\bpapers? [1-5]\b", "--", ".", ":!tests/test_structure.py"]
    if not (CHECKOUT / ".git").exists():
        pytest.skip("this is no checkout of git")
    found = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True)
    assert found.returncode == 1, found.stdout
