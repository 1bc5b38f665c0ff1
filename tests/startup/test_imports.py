"""What commands must not import."""

import os
import subprocess
import sys
from pathlib import Path
from typing import List, Set

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]

LIBRARIES = {
    *("allennlp", "bioc", "lxml", "networkx", "nltk", "numpy", "pysbd", "scipy", "scispacy"),
    *("sklearn", "spacy", "sparse_dot_topn", "sympy", "tensorboardX", "torch", "torch_geometric"),
    *("torch._dynamo", "transformers", "ray"),
}
OF_ALLENNLP = {
    f"allennlp.{name}" for name in ("commands", "models", "modules", "predictors", "training")
}
"""The packages of AllenNLP that take long to import, most of it for other libraries."""

BY_ALLENNLP = {"allennlp", "numpy", "spacy", "torch", "transformers"}
"""The libraries that `import allennlp.common` imports."""

RUN = """
import sys
from bio_ie.__main__ import run

for command in {commands!r}:
    sys.argv = ["bio-ie", *command]
    try:
        run()
    except SystemExit as end:
        assert not end.code, command
print("imported:", *(name for name in {heavy!r} if name in sys.modules))
"""


def imported(*commands: List[str]) -> Set[str]:
    """Those of the heavy modules that are imported in one process by all the commands."""
    heavy = sorted(LIBRARIES | OF_ALLENNLP)
    return modules_of(RUN.format(commands=commands, heavy=heavy))


def modules_of(program: str) -> Set[str]:
    result = subprocess.run(
        [sys.executable, "-c", program],
        cwd=CHECKOUT,
        env={**os.environ, "PYTHONPATH": str(CHECKOUT), "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
    )
    assert result.returncode == 0, result.stderr
    first, *names = result.stdout.splitlines()[-1].split()
    assert first == "imported:"
    return set(names)


def test_the_package_the_version_and_the_help_import_no_library() -> None:
    assert imported(["--version"], ["--help"], ["-h"], []) == set()


@pytest.mark.parametrize("output", ["facts.tsv", "facts.graphml"])
def test_facts_imports_no_library_for_graphs(tmp_path: Path, output: str) -> None:
    documents = "fixtures/corpora/facts/documents.jsonl"
    found = imported(["facts", documents, "--output", str(tmp_path / output)])
    assert found == BY_ALLENNLP | {"pysbd"}


def test_commands_on_documents_import_no_models(tmp_path: Path) -> None:
    documents = "fixtures/corpora/facts/documents.jsonl"
    of_pubtator = "fixtures/corpora/pubtator/cdr_like.PubTator.txt"
    options = ["--from", "pubtator", "--to", "brat", "--on-error", "skip"]
    found = imported(
        ["convert", documents, str(tmp_path / "a.jsonl"), "--from", "jsonl", "--to", "jsonl"],
        ["convert", of_pubtator, str(tmp_path / "brat"), *options],
        ["render", documents, "--gold", documents, "--output", str(tmp_path / "page.html")],
        ["score", documents, documents, "--kb", "fixtures/archives/facts.sqlite"],
        ["kb-info", "fixtures/archives/facts.sqlite"],
    )
    assert found == BY_ALLENNLP


def test_the_scores_of_two_systems_import_a_library_for_statistics() -> None:
    documents = "fixtures/corpora/facts/documents.jsonl"
    found = imported(["score", documents, documents, "--other", documents])
    assert "scipy" in found
    assert not found & (OF_ALLENNLP | {"sklearn", "nltk", "torch._dynamo", "torch_geometric"})


def test_training_and_prediction_import_no_other_systems(tmp_path: Path) -> None:
    run = str(tmp_path / "run")
    predictions = str(tmp_path / "predictions.jsonl")
    documents = "fixtures/demo/validation.jsonl"
    found = imported(
        ["train", "fixtures/models/joint_ner_re.jsonnet", "-s", run],
        ["predict", f"{run}/model.tar.gz", documents, "--from", "jsonl", "--output", predictions],
    )
    assert found >= OF_ALLENNLP
    assert not found & {"bioc", "lxml", "networkx", "sparse_dot_topn", "torch_geometric"}


def test_annotation_in_one_process_imports_no_library_of_others(tmp_path: Path) -> None:
    archive = "fixtures/archives/joint_ner_re/model.tar.gz"
    documents, output = "fixtures/demo/abstracts.jsonl", str(tmp_path / "run")
    found = imported(
        ["annotate", archive, documents, "--output", output],
        ["annotate", "--output", output, "--status"],
    )
    # scikit-learn imports pandas where it is installed, and pandas pyarrow.
    assert not found & {"ray", "sparse_dot_topn", "torch_geometric"}


GUARD = """
import bio_ie
from bio_ie.archives.archive_config import check_config
from bio_ie.files.trust import UntrustedArchiveError

for name in ("bio_ie.modules.schedules.StepSchedule", "bio_ie.modules.schedules.step.StepSchedule"):
    check_config({"model": {"type": name}}, "archive")
for name in ("scispacy", "bio_ie.no_such_module.Part", "bio_ie..Part", "bio_ie.text.document.json"):
    try:
        check_config({"model": {"type": name}}, "archive")
    except UntrustedArchiveError:
        continue
    raise SystemExit(f"{name} was accepted")

from allennlp.models import archival
from allennlp.commands.subcommand import Subcommand

assert archival.extracted_archive.__wrapped__.__module__ == "allennlp.models.archival"
assert archival._load_model.__wrapped__.__module__ == "allennlp.models.archival"
assert "convert" in Subcommand.list_available()
print("imported:")
"""


def test_archives_are_checked_if_allennlp_is_imported_second() -> None:
    assert modules_of(GUARD) == set()


def test_what_spacy_imports_in_every_process_is_spacy_alone() -> None:
    pytest.importorskip("bio_ie_spacy", reason="the installed bio_ie is an earlier one")
    program = (
        "import spacy, sys\n"
        "before = set(sys.modules)\n"
        "import bio_ie_spacy\n"
        "print('imported:', *(set(sys.modules) - before))"
    )
    assert modules_of(program) <= {"bio_ie_spacy"}
