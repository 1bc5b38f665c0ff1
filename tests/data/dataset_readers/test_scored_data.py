"""No model is trained or evaluated on documents that its knowledge comes from."""

import json
import sys
from pathlib import Path
from typing import Any, Callable, Dict, List

import pytest
import torch
from allennlp.commands import main
from allennlp.commands.train import train_model
from allennlp.common import Params
from allennlp.common.checks import ConfigurationError
from allennlp.common.from_params import infer_params
from allennlp.data import DatasetReader
from allennlp.models import load_archive
from allennlp.predictors import Predictor

from bio_ie.archives.experiment import Experiment
from bio_ie.data.dataset_readers.document_reader import DocumentReader
from bio_ie.data.dataset_readers.scored_data import ScoredData
from bio_ie.knowledge import KnowledgeBase, write_knowledge_base
from bio_ie.knowledge.concept_embeddings import write_concept_vectors
from bio_ie.knowledge.leaks import LeakError, evidence_notes
from bio_ie.knowledge.statements import ConceptName, ConceptRelation, ConceptType, Statement
from bio_ie.knowledge.tfidf_index import build_tfidf_index

Config = Dict[str, Any]

NAMES = {"X:1": "zelorvine", "X:2": "seizures", "X:3": "carbatrol", "X:4": "nausea"}
READERS = ("dataset_reader", "validation_dataset_reader")
FACTS = "fixtures/corpora/facts/documents.jsonl"


@pytest.fixture
def texts(tmp_path: Path) -> Callable[[int], str]:
    """Makes files of one document each of the corpus `facts`: f1, f2, ..."""
    lines = Path(FACTS).read_text("utf-8").splitlines()

    def text(number: int) -> str:
        file = tmp_path / f"f{number}.jsonl"
        file.write_text(lines[number - 1] + "\n")
        return str(file)

    return text


def knowledge_base(path: Path, *documents: str) -> str:
    """A knowledge base with a relation that comes from some documents."""
    statements: List[Statement] = []
    for concept, name in NAMES.items():
        statements += [ConceptName(concept, name), ConceptType(concept, "Thing")]
    statements.append(ConceptRelation("X:1", "causes", "X:2", documents))
    statements.append(ConceptRelation("X:3", "causes", "X:4"))
    write_knowledge_base(path, {"toy": statements})
    build_tfidf_index(KnowledgeBase(str(path)))
    return str(path)


def vectors(path: Path, knowledge_base: str) -> str:
    notes = evidence_notes(KnowledgeBase(knowledge_base), from_relations=True)
    write_concept_vectors(path, list(NAMES), torch.randn(4, 5), "distmult", notes)
    return str(path)


def snerl(kb: str) -> Config:
    config: Config = Params.from_file("fixtures/models/snerl.jsonnet").as_dict(quiet=True)
    config["trainer"].update(num_epochs=1)
    for reader in READERS:
        config[reader]["kb"]["path"] = config[reader]["candidate_generator"]["kb"]["path"] = kb
    return config


def keci(kb: str) -> Config:
    config: Config = Params.from_file("fixtures/models/keci.jsonnet").as_dict(quiet=True)
    for reader in READERS:
        config[reader]["background"]["kb"]["path"] = kb
    return config


def joint(kb: str) -> Config:
    config: Config = Params.from_file("fixtures/models/joint_ner_re.jsonnet").as_dict(quiet=True)
    for reader in READERS:
        config[reader]["background"] = {"kb": {"path": kb}}
    return config


def linking(kb: str) -> Config:
    file = "fixtures/models/multitask_entity_linker.jsonnet"
    config: Config = Params.from_file(file).as_dict(quiet=True)
    for reader in READERS:
        config[reader]["kb"] = {"path": kb}
    return config


def types(kb: str) -> Config:
    file = "training_config/relvm/entity_types.jsonnet"
    config: Config = Params.from_file(file).as_dict(quiet=True)
    config["dataset_reader"]["kb"]["path"] = kb
    return config


def read(config: Config, path: str, folder: Path, **settings: Any) -> int:
    """Reads a data path as training does, and counts the instances."""
    folder.mkdir(exist_ok=True)
    (folder / "config.json").write_text(json.dumps(config))
    section = config.get("validation_dataset_reader", config["dataset_reader"])
    params = Params({**section, **settings}).duplicate()
    reader = DatasetReader.from_params(params, serialization_dir=str(folder))
    return len(list(reader.read(path)))


@pytest.mark.parametrize("make", [snerl, keci, joint, linking, types])
@pytest.mark.parametrize("scored", ["validation_data_path", "test_data_path"])
def test_every_reader_with_knowledge_refuses_scored_documents_that_it_knows(
    make: Callable[[str], Config], scored: str, texts: Callable[[int], str], tmp_path: Path
) -> None:
    config = make(knowledge_base(tmp_path / "kb.sqlite", "f2", "PMID:7"))
    config.update(train_data_path=texts(2), **{scored: texts(1)})
    assert read(config, texts(1), tmp_path / "run")
    assert read(config, texts(2), tmp_path / "run")  # to train on

    config.update(train_data_path=texts(1), **{scored: texts(2)})
    assert read(config, texts(1), tmp_path / "run")
    message = "1 of 1 scored paper .such as f2. is evidence in the knowledge base .*kb.sqlite"
    with pytest.raises(LeakError, match=message):
        read(config, texts(2), tmp_path / "run")


def test_every_reader_that_takes_knowledge_says_which() -> None:
    with_knowledge = []
    for name in DatasetReader.list_available():
        reader = DatasetReader.by_name(name)
        if isinstance(reader, type) and issubclass(reader, DocumentReader):
            annotations = [
                str(p.annotation) for p in infer_params(reader, reader.__init__).values()
            ]
            if any("Knowledge" in a or "CandidateGenerator" in a for a in annotations):
                with_knowledge.append(name)
                assert reader.knowledge_bases is not DocumentReader.knowledge_bases, name
    assert {"document_graph", "span_graph", "entity_linking", "dictionary_types"} < set(
        with_knowledge
    )


def test_part_of_a_corpus_is_told_by_its_whole_data_path(
    texts: Callable[[int], str], tmp_path: Path
) -> None:
    config = keci(knowledge_base(tmp_path / "kb.sqlite", "f1", "f2", "f3", "f4", "f5"))
    part = {"file": FACTS, "num_folds": 2, "fold": 0, "validation_share": 0}
    config.update(
        train_data_path={**part, "split": "train"}, validation_data_path={**part, "split": "test"}
    )
    assert read(config, config["train_data_path"], tmp_path / "run")
    with pytest.raises(LeakError, match=r'"split": "test".*: [23] of [23] scored papers'):
        read(config, config["validation_data_path"], tmp_path / "run")


def test_leaks_can_be_warnings(
    texts: Callable[[int], str], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    config = keci(knowledge_base(tmp_path / "kb.sqlite", "f2"))
    config["validation_data_path"] = texts(2)
    assert read(config, texts(2), tmp_path / "run", on_leak="warn")
    assert "1 of 1 scored paper (such as f2) is evidence" in caplog.text
    with pytest.raises(ConfigurationError, match="on_leak must be 'raise' or 'warn', not 'skip'"):
        ScoredData(None, "skip")


def test_vectors_that_are_missing_or_foreign_are_no_leak(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    write_concept_vectors(tmp_path / "foreign", ["X:1"], torch.ones(1, 2), "word2vec")
    parts = [{"vectors": str(tmp_path / name)} for name in ("none", "foreign")]
    config = {"model": {"parts": parts}, "test_data_path": "x"}
    ScoredData(Experiment(config, is_trained=False)).check("x", {"7"}, [])
    assert "foreign does not say what its vectors were made from" in caplog.text


def run(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.setattr(sys, "argv", ["bio-ie", *arguments])
    try:
        main(prog="bio-ie")
    except SystemExit as stopped:
        return int(stopped.code or 0)
    return 0


def with_vectors(config: Config, file: str) -> Config:
    embedder = config["model"]["linker"]["concept_embedder"]
    embedder["parts"]["pretrained"] = {"type": "pretrained", "vectors": file}
    return config


def test_training_and_evaluation_refuse_what_leaks(
    texts: Callable[[int], str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    kb = knowledge_base(tmp_path / "kb.sqlite", "f3")
    of_kb = vectors(tmp_path / "kb.safetensors", kb)
    other = vectors(tmp_path / "other", knowledge_base(tmp_path / "other.sqlite", "f2"))
    data = {"train_data_path": FACTS, "validation_data_path": texts(1), "test_data_path": texts(2)}

    # A test document that only the vectors know, and a validation document of the knowledge base.
    with pytest.raises(LeakError, match=r"f2\.jsonl: 1 of 1 .* is evidence in the vectors .*other"):
        train_model(Params({**with_vectors(snerl(kb), other), **data}), str(tmp_path / "1"))
    leaking = {**with_vectors(snerl(kb), of_kb), **data, "validation_data_path": FACTS}
    (tmp_path / "leaking.json").write_text(json.dumps(leaking))
    options = [str(tmp_path / "leaking.json"), "-s", str(tmp_path / "2")]
    assert run(monkeypatch, "train", *options) == 1
    error = capsys.readouterr().err.splitlines()[-1]
    assert error.startswith(f"error: {FACTS}: 1 of 6 scored papers (such as f3) is evidence in the")
    assert "--exclude-documents" in error

    train_model(Params({**with_vectors(snerl(kb), of_kb), **data}), str(tmp_path / "3"))
    archive = str(tmp_path / "3" / "model.tar.gz")
    assert run(monkeypatch, "evaluate", archive, texts(2)) == 0
    # The training data as well, once a model is scored on it.
    for path in (texts(3), FACTS, json.dumps({"file": FACTS})):
        assert run(monkeypatch, "evaluate", archive, path) == 1
        assert "(such as f3) is evidence in the knowledge base" in capsys.readouterr().err
    overrides = json.dumps({"validation_dataset_reader.on_leak": "warn"})
    assert run(monkeypatch, "evaluate", archive, texts(3), "-o", overrides) == 0

    # Prediction goes on, and says so; then the predictions are not scored.
    for number, status in ((2, 0), (3, 1)):
        predicted = str(tmp_path / f"{number}.predicted.jsonl")
        assert run(monkeypatch, "predict", archive, texts(number), "--output", predicted) == 0
        known = [of_kb, kb] if number == 3 else None
        metadata = json.loads(Path(predicted).read_text()).get("metadata", {})
        assert metadata.get("known_from") == known
        capsys.readouterr()
        assert run(monkeypatch, "score", predicted, texts(number)) == status
        told = capsys.readouterr().err
        assert ("(such as f3) is evidence in" in told) == (number == 3)
    assert run(monkeypatch, "score", predicted, texts(3), "--on-leak", "warn") == 0
    # What was known is noted anew for each model.
    document = json.loads(Path(predicted).read_text())
    predictor = Predictor.from_archive(load_archive(archive), "document")
    assert predictor.predict_json(document)["metadata"]["known_from"] == [of_kb, kb]
    document["id"] = "f2"
    assert "known_from" not in predictor.predict_json(document).get("metadata", {})


def test_archive_with_trained_vectors_knows_where_they_come_from(
    texts: Callable[[int], str], tmp_path: Path
) -> None:
    kb = knowledge_base(tmp_path / "kb.sqlite")
    file = Path(vectors(tmp_path / "v", knowledge_base(tmp_path / "other.sqlite", "f2")))
    config = with_vectors(snerl(kb), str(file))
    config["model"]["linker"]["concept_embedder"]["parts"]["pretrained"]["trainable"] = True
    config.update(train_data_path=FACTS, validation_data_path=texts(1))
    config["include_in_archive"] = ["concept_vectors"]
    train_model(Params(config), str(tmp_path / "run"))
    file.unlink()
    reader = load_archive(tmp_path / "run" / "model.tar.gz").validation_dataset_reader
    assert list(reader.read(texts(1)))
    with pytest.raises(LeakError, match="is evidence in the vectors"):
        list(reader.read(texts(2)))
