"""The commands that the docs tell their readers to run."""

import json
import re
import shlex
from itertools import pairwise
from pathlib import Path
from typing import Any, Iterator, List, NamedTuple, Set, Tuple

OUTPUTS = ("--output", "--output-file", "--validation", "-s", "--serialization-dir")
"""The options that name a file or folder to write."""

_SHELL = re.compile(r"(bio-ie|allennlp|echo|cp|python) ")
_FOLDERS = re.compile(r"(data|fixtures|knowledge_bases|runs|training_config)/")
_FILE = re.compile(r"[\w*./-]+\.(gz|json|jsonl|jsonnet|obo|safetensors|sqlite|tsv|txt|xml)")


class Block(NamedTuple):
    """Commands that follow each other on a page, without text in between."""

    line: int
    needs: Tuple[str, ...]
    """What a line `# needs: ...` names: parts of `data/`, files that commands of another section or
    page make, files of the reader (`your notes.txt`), and time."""
    commands: Tuple[str, ...]


def blocks_of(page: Path) -> Iterator[Block]:
    """The blocks of a page that have commands, in order. Those that only set up an environment are
    left out."""
    lines = page.read_text("utf-8").splitlines()
    fence, block, first = "", [], 0
    for number, line in enumerate([*lines, ""], 1):
        if line.startswith("```"):
            fence = "" if fence else line[3:] or "text"
        elif fence == "sh" or (not fence and line.startswith("    ")):
            first = first if block else number
            block.append(line.strip())
            continue
        elif not fence and not line and number < len(lines) and lines[number].startswith("    "):
            continue  # an empty line within an indented block
        yield from _block(first, block)
        block = []


def _block(line: int, lines: List[str]) -> Iterator[Block]:
    text = re.sub(r"\\\n", "", "\n".join(lines))  # commands of several lines
    commands = tuple(line for line in text.splitlines() if _SHELL.match(line))
    marks = re.findall(r"^# needs: (.*)$", text, re.M)
    if commands:
        yield Block(line, tuple(item for mark in marks for item in mark.split(", ")), commands)


def words_of(command: str) -> List[str]:
    """The words of a command, without a comment."""
    return shlex.split(command, comments=True)


def outputs_of(command: str) -> Set[str]:
    """The files and folders that a command writes."""
    words = words_of(command)
    made = {after for word, after in pairwise(words) if word in OUTPUTS}
    if words[0] == "cp":
        made.add(words[-1])
    if words[:2] == ["bio-ie", "convert"]:
        made.add(words[3])
    if "--to-jsonl" in words:
        made.add(words[words.index("--to-jsonl") + 1])
    if ">" in words:
        made.add(words[words.index(">") + 1])
    return made


def inputs_of(command: str) -> Set[str]:
    """The files and folders that a command reads, as far as the command itself names them."""
    found = set()
    for word in words_of(command)[1:]:
        found.update(_paths(word))
    return found - outputs_of(command)


def _paths(word: str) -> Iterator[str]:
    if word.startswith(("{", "[")):
        yield from strings_of(json.loads(word))
    elif _FILE.fullmatch(word) or _FOLDERS.match(word):
        yield word


def strings_of(value: Any) -> Iterator[str]:
    """The strings within a JSON value that begin like the path of a file."""
    if isinstance(value, str):
        yield from [value] if _FOLDERS.match(value) else []
    elif isinstance(value, (dict, list)):
        for part in value.values() if isinstance(value, dict) else value:
            yield from strings_of(part)
