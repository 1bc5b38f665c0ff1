"""A damaged archive is loaded or refused with a clear error."""

import json
import tarfile
import tempfile
from pathlib import Path

from allennlp.models import load_archive

import bio_ie  # noqa: F401 - registers what the archive names
from tests.archives.payloads import packed
from tests.fuzzing.mutations import mutated_bytes, mutated_file, mutated_json, outcome, rounds


def test_damaged_archives(fixtures_folder: Path) -> None:
    archive = fixtures_folder / "archives" / "joint_ner_re" / "model.tar.gz"
    for rng in rounds(30):
        with tempfile.TemporaryDirectory() as temporary:
            path = Path(temporary, "model.tar.gz")
            if rng.random() < 0.2:
                path.write_bytes(mutated_bytes(rng, archive.read_bytes()))
            else:
                unpacked = Path(temporary, "unpacked")
                with tarfile.open(archive) as file:
                    file.extractall(unpacked)
                mutated_file(rng, rng.choice([p for p in unpacked.rglob("*") if p.is_file()]))
                path = packed(unpacked)
            outcome(load_archive, path)


def test_damaged_configs_of_archives(fixtures_folder: Path) -> None:
    archive = fixtures_folder / "archives" / "joint_ner_re" / "model.tar.gz"
    with tempfile.TemporaryDirectory() as temporary:
        with tarfile.open(archive) as file:
            file.extractall(temporary)
        path = Path(temporary, "config.json")
        config = json.loads(path.read_text())
        for rng in rounds(60):
            path.write_text(json.dumps(mutated_json(rng, config)))
            outcome(load_archive, temporary)
