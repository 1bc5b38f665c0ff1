"""Every source of a knowledge base reads or raises a clear error, and so do concept vectors."""

import shutil
import tempfile
import warnings
from pathlib import Path
from typing import Any, Dict, List, Tuple

import pytest
import torch
from allennlp.common import Params

from bio_ie.knowledge import write_knowledge_base
from bio_ie.knowledge.concept_embeddings import read_concept_vectors, write_concept_vectors
from bio_ie.knowledge.sources import KnowledgeSource
from bio_ie.knowledge.sources.knowledge_source import SourceReport
from tests.fuzzing.mutations import mutated_bytes, mutated_file, outcome, rounds

SOURCES: List[Tuple[Dict[str, Any], List[str]]] = [
    ({"type": "ctd", "path": "CTD_chemicals.tsv"}, ["CTD_chemicals.tsv"]),
    ({"type": "ctd", "path": "CTD_diseases.tsv"}, ["CTD_diseases.tsv"]),
    ({"type": "hpoa", "path": "phenotype.hpoa"}, ["phenotype.hpoa"]),
    ({"type": "jsonl", "path": "kb.jsonl"}, ["kb.jsonl"]),
    ({"type": "mesh", "path": "mesh_descriptors.xml"}, ["mesh_descriptors.xml"]),
    ({"type": "mesh", "path": "mesh_supplementary.xml"}, ["mesh_supplementary.xml"]),
    (
        {
            "type": "mesh",
            "path": "mesh_descriptors.tsv",
            "tree_numbers": "mesh_tree_numbers.tsv",
        },
        ["mesh_descriptors.tsv", "mesh_tree_numbers.tsv"],
    ),
    ({"type": "obo", "path": "phenotypes.obo"}, ["phenotypes.obo"]),
    ({"type": "obo", "path": "phenotypes.json"}, ["phenotypes.json"]),
    (
        {"type": "umls", "path": "umls"},
        [
            *(f"umls/META/{name}.RRF" for name in ("MRCONSO", "MRDEF", "MRSTY", "MRREL")),
            "umls/NET/SRDEF",
            "umls/NET/SRSTRE1",
        ],
    ),
]


def build(settings: Dict[str, Any], folder: Path, on_error: str) -> None:
    paths = {
        key: str(folder / settings[key]) for key in ("path", "tree_numbers") if key in settings
    }
    source = KnowledgeSource.from_params(Params({**settings, **paths, "on_error": on_error}))
    write_knowledge_base(folder / "kb.sqlite", {"x": source.read(SourceReport())})


@pytest.mark.parametrize(("settings", "files"), SOURCES)
def test_damaged_sources(settings: Dict[str, Any], files: List[str], fixtures_folder: Path) -> None:
    for rng in rounds(15):
        with tempfile.TemporaryDirectory() as temporary, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            folder = Path(temporary, "in")
            for name in files:
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(fixtures_folder / "knowledge" / name, folder / name)
            mutated_file(rng, folder / rng.choice(files))
            outcome(build, settings, folder, rng.choice(("raise", "skip")))


def test_damaged_concept_vectors(tmp_path: Path) -> None:
    path = tmp_path / "x.safetensors"
    write_concept_vectors(path, ["a", "b", "c"], torch.ones(3, 4), "test")
    content = path.read_bytes()
    for rng in rounds(40):
        path.write_bytes(mutated_bytes(rng, content))
        outcome(lambda: read_concept_vectors(path).vectors.sum())
