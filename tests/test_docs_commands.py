"""Each command of the docs runs as it stands, or the docs say what it needs.

The commands of a page may need what earlier ones have made, so these tests run in their order."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, Dict, Iterator, List, Set

import pytest
from allennlp.commands import main
from allennlp.common import Params

import bio_ie  # noqa: F401 - registers the commands
from tests.docs_commands import Block, blocks_of, inputs_of, outputs_of, strings_of, words_of

CHECKOUT = Path(__file__).resolve().parent.parent
PAGES = [CHECKOUT / "README.md", *sorted((CHECKOUT / "docs").rglob("*.md"))]
TIMES = {"an hour", "hours", "days of a GPU"}
BRIEF = {"trainer.num_epochs": 1, "dataset_reader.max_instances": 64}
_PROGRAM = re.compile(r"^```python\n(.*?)^```", re.DOTALL | re.MULTILINE)
_WRITTEN = re.compile(r"(?:write|annotate)\(.*\"([^\"]+/[^\"]+)\"")
QUICKSTART = "training_config/quickstart.jsonnet"


def name_of(page: Path) -> str:
    return str(page.relative_to(CHECKOUT))


def blocks(marked: bool) -> List[Any]:
    return [
        pytest.param(page, block, id=f"{name_of(page)}:{block.line}")
        for page in PAGES
        for block in blocks_of(page)
        if bool(block.needs) == marked
    ]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkout in which `make demo` has trained, though briefly."""
    folder = tmp_path_factory.mktemp("checkout")
    for name in ("fixtures", "data", "bio_ie", ".allennlp_plugins"):
        if (CHECKOUT / name).exists():
            (folder / name).symlink_to(CHECKOUT / name)
    shutil.copytree(CHECKOUT / "training_config", folder / "training_config")
    (folder / "runs").mkdir()
    run(f"bio-ie train {QUICKSTART} -s runs/demo", folder)
    return folder


def run(command: str, folder: Path) -> int:
    """Runs a command, and returns its exit status. A training is an epoch of a few sentences."""
    words = words_of(command)
    if words[0] not in ("bio-ie", "allennlp"):
        words = ["bash", "-c", command.replace("python ", f"{sys.executable} ")]
        return subprocess.run(words, cwd=folder, stdout=subprocess.DEVNULL).returncode
    if words[1] in ("train", "repeat"):
        changes: Dict[str, Any] = {}
        if "-o" in words:
            changes = json.loads(words[words.index("-o") + 1])
        words += ["-o", json.dumps({**changes, **BRIEF})]
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setattr(sys, "argv", words)
        try:
            main(prog=words[0])
        except SystemExit as exit_:
            return int(exit_.code or 0)
    return 0


@pytest.mark.parametrize("page, block", blocks(marked=False))
def test_commands_run(page: Path, block: Block, folder: Path) -> None:
    for command in block.commands:
        assert run(command, folder) == 0, command
        for output in outputs_of(command):
            assert (folder / output).exists(), output


def is_covered(file: str, by: Set[str]) -> bool:
    """Whether a file, or one of the files of a pattern, is one of `by`, or within one of them."""
    start = file.partition("*")[0]
    folders = [other.rpartition("/")[0] for other in by] if "*" in file else []
    return start.rstrip("/") in folders or any(
        file == other or start.startswith(f"{other}/") for other in by
    )


def files_of_config(config: str, scored_alone: bool) -> Set[str]:
    """The files that an experiment or a knowledge base is made from, or those of the data that an
    experiment is scored on."""
    found = Params.from_file(str(CHECKOUT / config)).as_dict(quiet=True)
    if scored_alone:
        scored = (found["validation_data_path"], found["test_data_path"])
        found = {"data": [*scored, found["validation_dataset_reader"]["corpus"]]}
    return set(strings_of(found))


@pytest.mark.parametrize("page, block", blocks(marked=True))
def test_marks_say_all_that_commands_need(page: Path, block: Block) -> None:
    needs = {need.removeprefix("your ") for need in block.needs} - TIMES
    there: Set[str] = set()
    for earlier in blocks_of(page):
        if earlier.line < block.line:
            there.update(*map(outputs_of, earlier.commands))
    used: Set[str] = set()
    for command in block.commands:
        files = inputs_of(command)
        for config in {file for file in files if file.endswith(".jsonnet")}:
            files |= files_of_config(config, f"--exclude-scored {config}" in command)
        for file in files:
            in_checkout = any(CHECKOUT.glob(file)) and not file.startswith("data/")
            assert in_checkout or is_covered(file, needs | there), f"{command}: {file}"
        used |= files | set(words_of(command))
        there |= outputs_of(command)
    for need in needs:
        assert any(is_covered(file, {need}) for file in used), f"{need} is not needed"


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_files_that_a_page_names_are_made_by_a_command(page: Path) -> None:
    made = {"runs/demo", "runs/NAME", *made_somewhere()}
    pattern = r"(?<![\w/.-])(?:runs|knowledge_bases)/[\w./*-]*[\w*]"
    for file in set(re.findall(pattern, page.read_text("utf-8"))):
        is_folder_of_one = any(output.startswith(f"{file}/") for output in made)
        assert is_folder_of_one or is_covered(file.removesuffix(".tfidf"), made), file


def made_somewhere() -> Iterator[str]:
    for page in PAGES:
        for block in blocks_of(page):
            for command in block.commands:
                yield from outputs_of(command)
        for program in _PROGRAM.findall(page.read_text("utf-8")):
            yield from _WRITTEN.findall(program)


@pytest.mark.parametrize("page, block", blocks(marked=True))
def test_what_is_needed_is_described_or_made_by_a_command(page: Path, block: Block) -> None:
    layout = (CHECKOUT / "README.md").read_text("utf-8")
    for need in set(block.needs) - TIMES:
        if need.startswith("data/"):
            assert f"    {need}/" in layout, f"{need} is not in the layout of data/"
        elif not need.startswith("your "):
            assert any(is_covered(file, {need}) for file in made_somewhere()), need


def programs() -> List[Any]:
    """The Python of each page, as one program."""
    found = [(page, _PROGRAM.findall(page.read_text(encoding="utf-8"))) for page in PAGES]
    return [pytest.param("\n".join(parts), id=name_of(page)) for page, parts in found if parts]


@pytest.mark.parametrize("program", programs())
def test_programs_run(program: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    exec(compile(program, "docs", "exec"), {})
