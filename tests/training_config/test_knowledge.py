"""The configs of `bio-ie build-kb`."""

import json
from pathlib import Path
from typing import List

import _jsonnet
import pytest
from allennlp.common import Params

from bio_ie.commands.build_kb import build_knowledge_base
from bio_ie.knowledge import KnowledgeBase
from bio_ie.knowledge.sources import KnowledgeSource

FOLDER = Path(__file__).resolve().parents[2] / "training_config" / "knowledge"
CONFIGS: List[Path] = sorted(FOLDER.glob("*.jsonnet"))


@pytest.mark.parametrize("config", CONFIGS, ids=lambda config: config.stem)
def test_config_is_a_source_with_relative_paths(config: Path) -> None:
    options = json.loads(_jsonnet.evaluate_file(str(config)))
    source = KnowledgeSource.from_params(Params(options))
    assert len({part.path for part in source.parts()}) == len(source.parts()) > 0
    assert not any(Path(part.path).is_absolute() for part in source.parts())


def test_open_knowledge_base_is_one_of_all_its_sources(
    corpus_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "data").symlink_to(corpus_folder.resolve(), target_is_directory=True)
    monkeypatch.chdir(tmp_path)
    source = KnowledgeSource.from_params(Params.from_file(FOLDER / "open.jsonnet"))
    metadata, reports = build_knowledge_base(source, "open.sqlite")
    read = {kind: count for _, report in reports for kind, count in report.read.items()}
    assert read["diseases"] == 11_865
    assert read["annotations"] == 253_363
    kb = KnowledgeBase("open.sqlite")
    assert len(kb) == int(metadata["concepts"]) > 70_000
    # Only the phenotype refers to this descriptor.
    assert kb.resolve("D011472") == kb.resolve("HP:0000024") == "MESH:D011472"
    assert kb.concept("MESH:D011472").semantic_types == ("Disease", "Phenotypic abnormality")


def test_molecules_are_told_apart_and_have_the_symbols_of_their_genes(
    corpus_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "data").symlink_to(corpus_folder.resolve(), target_is_directory=True)
    monkeypatch.chdir(tmp_path)
    source = KnowledgeSource.from_params(Params.from_file(FOLDER / "molecules.jsonnet"))
    build_knowledge_base(source, "molecules.sqlite")
    kb = KnowledgeBase("molecules.sqlite")
    types = {
        "rbm3": ("MESH:C099506", "Protein"),  # one supplementary record per descriptor
        "casp3": ("MESH:D053148", "Enzyme"),  # a descriptor
        "dna": ("MESH:D004247", "DNA"),
        "adenosine triphosphate": ("MESH:D000255", "Chemical"),
        "pancreatitis": ("MESH:D010195", "Disease"),
    }
    for name, (concept, type_) in types.items():
        assert concept in kb.lookup([name])[name]
        assert type_ in kb.concept(concept).semantic_types
