import os
import subprocess
import sys
from pathlib import Path
from typing import List

import pytest

from bio_ie.version import VERSION

CHECKOUT = Path(__file__).resolve().parent.parent
CONSOLE_SCRIPT = Path(sys.executable).with_name("bio-ie")


def run_in(folder: Path, command: List[str], *path: Path) -> subprocess.CompletedProcess:
    search_path = os.pathsep.join(map(str, [*path, CHECKOUT]))
    return subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, "PYTHONPATH": search_path},
        capture_output=True,
        text=True,
        timeout=120,
    )


@pytest.mark.parametrize("launch", [[str(CONSOLE_SCRIPT)], [sys.executable, "-m", "bio_ie"]])
def test_help_lists_the_commands_from_any_folder(tmp_path, launch):
    if launch == [str(CONSOLE_SCRIPT)] and not CONSOLE_SCRIPT.exists():
        pytest.skip("bio_ie is not installed in this environment")
    result = run_in(tmp_path, [*launch, "--help"])
    assert result.returncode == 0, result.stderr
    assert result.stdout.startswith("usage: bio-ie ")
    for command in ("train", "evaluate", "predict"):
        assert f"\n    {command} " in result.stdout


def test_version_names_the_plugin_and_allennlp(tmp_path):
    result = run_in(tmp_path, [sys.executable, "-m", "bio_ie", "--version"])
    assert result.stdout == f"bio-ie {VERSION} (AllenNLP 2.10.1)\n"


def test_wrong_library_ends_the_command_with_one_sentence(tmp_path):
    metadata = tmp_path / "transformers-4.99.0.dist-info" / "METADATA"
    metadata.parent.mkdir()
    metadata.write_text("Metadata-Version: 2.1\nName: transformers\nVersion: 4.99.0\n")
    result = run_in(tmp_path, [sys.executable, "-m", "bio_ie", "--help"], tmp_path)
    assert result.returncode == 1
    assert result.stdout == ""
    (sentence,) = result.stderr.splitlines()
    assert sentence.startswith("bio-ie: bio_ie needs transformers >=5.5,<6, but 4.99.0 is")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["train", "none.jsonnet", "-s", "run"], "file none.jsonnet not found"),
        (["train", "must.jsonnet", "-s", "run"], "error: Must override path (must.jsonnet:1:9-35)"),
        (["evaluate", "must.jsonnet", "x"], "could not be opened"),
    ],
)
def test_users_error_is_told_without_a_traceback(tmp_path, arguments, message):
    (tmp_path / "must.jsonnet").write_text("{ path: error 'Must override path' }")
    result = run_in(tmp_path, [sys.executable, "-m", "bio_ie", *arguments])
    assert result.returncode == 1
    assert "Traceback" not in result.stderr
    (line,) = [line for line in result.stderr.splitlines() if line.startswith("error: ")]
    assert message in line


def test_allennlp_command_finds_the_plugin_in_the_checkout():
    from allennlp.common.plugins import discover_file_plugins

    assert list(discover_file_plugins(str(CHECKOUT / ".allennlp_plugins"))) == ["bio_ie"]
