"""The contract of all concept embedders, compared with embedding one concept at a time."""

import copy
import json
import shutil
from pathlib import Path
from typing import Any, Callable, Dict, List, Optional

import _jsonnet
import pytest
import torch
from allennlp.common import Params
from allennlp.common.checks import ConfigurationError
from allennlp.data import Vocabulary

from bio_ie.knowledge.concept_embeddings import write_concept_vectors
from bio_ie.modules.concept_embedders import (
    ConceptEmbedder,
    ConceptLookup,
    PretrainedConceptEmbedder,
    SumConceptEmbedder,
)
from bio_ie.text.stable_key import stable_key
from tests.modules.comparison import assert_same_function

LEARNED_IDS = ["D3", "D1", "D7", "T1"]
PRETRAINED = {f"D{number}": torch.randn(3) for number in (1, 2, 3, 4)}
DEFINED = {f"D{number}": torch.randn(4) for number in (2, 3)} | {"T1": torch.randn(4)}
TYPES = ["Gene", "Disease"]
CONFIGS = {
    "learned": '{type: "learned", embedding_dim: 3}',
    "pretrained": '{type: "pretrained", vectors: std.extVar("pretrained")}',
    "trained pretrained": """
        {type: "pretrained", vectors: std.extVar("pretrained"), trainable: true}
    """,
    "description": '{type: "description", vectors: std.extVar("description")}',
    "semantic_type": '{type: "semantic_type", embedding_dim: 2}',
    "concatenated": """{
        type: "concatenated",
        parts: {
            vectors: {type: "pretrained", vectors: std.extVar("pretrained")},
            definition: {type: "description", vectors: std.extVar("description")},
            types: {type: "semantic_type", embedding_dim: 2},
        },
    }""",
    "sum": """{
        type: "sum",
        output_dim: 5,
        parts: {
            learned: {type: "learned", embedding_dim: 3, concept_dropout: 0.5},
            definition: {type: "description", vectors: std.extVar("description")},
        },
    }""",
}
Build = Callable[..., ConceptEmbedder]


@pytest.fixture
def vocab() -> Vocabulary:
    vocab = Vocabulary()
    vocab.add_tokens_to_namespace(LEARNED_IDS, "concept_labels")
    vocab.add_tokens_to_namespace(TYPES, "semantic_types")
    return vocab


@pytest.fixture
def files(tmp_path: Path) -> Dict[str, str]:
    paths = {"pretrained": tmp_path / "pretrained.st", "description": tmp_path / "description.st"}
    for (name, path), table in zip(paths.items(), (PRETRAINED, DEFINED), strict=True):
        kind = "distmult" if name == "pretrained" else name
        write_concept_vectors(path, list(table), torch.stack(list(table.values())), kind)
    return {name: str(path) for name, path in paths.items()}


@pytest.fixture
def build(vocab: Vocabulary, files: Dict[str, str]) -> Build:
    def from_snippet(
        snippet: str, serialization_dir: Optional[Path] = None, **overrides: Any
    ) -> ConceptEmbedder:
        torch.manual_seed(0)
        config = json.loads(_jsonnet.evaluate_snippet("", snippet, ext_vars=files))
        extras = {} if serialization_dir is None else {"serialization_dir": str(serialization_dir)}
        return ConceptEmbedder.from_params(Params({**config, **overrides}), vocab=vocab, **extras)

    return from_snippet


@pytest.fixture(params=CONFIGS.values(), ids=CONFIGS.keys())
def embedder(request: pytest.FixtureRequest, build: Build) -> ConceptEmbedder:
    return build(request.param)


def keys_of(ids: List[str]) -> torch.Tensor:
    return torch.tensor([stable_key(id_) for id_ in ids]).long()


def types_of(vocab: Vocabulary, types: List[List[str]]) -> torch.Tensor:
    pairs = [
        (place, vocab.get_token_index(name, "semantic_types"))
        for place, names in enumerate(types)
        for name in names
    ]
    return torch.tensor(pairs).view(-1, 2).long()


def embed_one(
    embedder: ConceptEmbedder, name: str, id_: str, types: List[str], vocab: Vocabulary
) -> torch.Tensor:
    """The vector of one concept, from the tables above and the embedder's parameters."""
    if name in ("concatenated", "sum"):
        parts = {"vectors": "pretrained", "definition": "description", "types": "semantic_type"}
        vectors = [
            embed_one(part, parts.get(key, key), id_, types, vocab)
            for key, part in sorted(embedder.parts.items())
        ]
        if not isinstance(embedder, SumConceptEmbedder):
            return torch.cat(vectors)
        weights = embedder.projection.weight.split([len(vector) for vector in vectors], dim=1)
        return sum(weight @ vector for weight, vector in zip(weights, vectors, strict=True))
    if name == "semantic_type":
        rows = [embedder.vectors[vocab.get_token_index(type_, "semantic_types")] for type_ in types]
        return sum(rows) / len(rows) if rows else torch.zeros(2)
    assert isinstance(embedder, ConceptLookup)
    if name == "learned" and id_ in LEARNED_IDS:
        return embedder.vectors[vocab.get_token_index(id_, "concept_labels")]
    table = {"learned": {}, "pretrained": PRETRAINED, "description": DEFINED}[name]
    if id_ in table:
        return table[id_]
    return torch.zeros(embedder.output_dim) if embedder.unknown is None else embedder.unknown


def test_every_registered_name_is_tested_here() -> None:
    available = set(ConceptEmbedder.list_available())
    assert {name.split()[-1] for name in CONFIGS} == available


@pytest.mark.parametrize("name", [name for name in CONFIGS if name != "trained pretrained"])
def test_a_batch_equals_one_concept_at_a_time_with_gradients(
    name: str, build: Build, vocab: Vocabulary
) -> None:
    embedder = build(CONFIGS[name]).eval()
    ids = ["D2", "D1", "D9", "T1", "D1", "D3"]
    types = [["Gene"], [], ["Disease", "Gene"], ["Disease"], ["never seen"], []]
    output = embedder(keys_of(ids), types_of(vocab, types))
    expected = [
        embed_one(embedder, name, id_, names, vocab) for id_, names in zip(ids, types, strict=True)
    ]
    assert output.shape == (6, embedder.get_output_dim())
    variables = list(embedder.parameters())
    if variables:
        assert_same_function([output], [torch.stack(expected)], variables, tolerance=1e-6)
    else:
        torch.testing.assert_close(output, torch.stack(expected))


def test_trained_vectors_start_as_those_of_the_file_and_learn(build: Build) -> None:
    frozen, trained = build(CONFIGS["pretrained"]), build(CONFIGS["trained pretrained"])
    keys, types = keys_of(["D4", "D1"]), torch.zeros(0, 2).long()
    assert torch.equal(frozen(keys, types), trained(keys, types))
    assert not list(frozen.parameters())
    trained(keys, types).sum().backward()
    (parameter,) = trained.parameters()
    assert parameter.grad is not None
    assert parameter.grad.sum().item() == 2 * 3


def test_no_concepts_give_no_rows_and_every_parameter_a_gradient(
    embedder: ConceptEmbedder,
) -> None:
    output = embedder(torch.zeros(0).long(), torch.zeros(0, 2).long())
    assert output.shape == (0, embedder.get_output_dim())
    if list(embedder.parameters()):
        output.sum().backward()
        assert all(parameter.grad is not None for parameter in embedder.parameters())


def test_unknown_concepts_are_counted(build: Build) -> None:
    embedder = build(CONFIGS["concatenated"])
    embedder(keys_of(["D1", "D2", "D3", "D9"]), torch.zeros(0, 2).long())
    expected = {"definition_unknown_concepts": 0.5, "vectors_unknown_concepts": 0.25}
    assert embedder.get_metrics() == expected
    assert embedder.get_metrics(reset=True) == expected
    assert set(embedder.get_metrics().values()) == {0.0}


def test_concept_dropout_trains_the_unknown_vector(build: Build) -> None:
    embedder = build(CONFIGS["learned"], concept_dropout=0.25)
    assert isinstance(embedder, ConceptLookup)
    keys = keys_of(["D1"] * 4000)
    is_unknown = (embedder(keys, torch.zeros(0, 2).long()) == embedder.unknown).all(dim=1)
    assert is_unknown.float().mean().item() == pytest.approx(0.25, abs=0.05)
    assert embedder.get_metrics() == {"unknown_concepts": 0.0}
    embedder.eval()
    assert not (embedder(keys, torch.zeros(0, 2).long()) == embedder.unknown).all(dim=1).any()


def test_without_concept_dropout_there_is_no_unknown_vector_to_leave_untrained(
    build: Build,
) -> None:
    embedder = build(CONFIGS["learned"])
    assert [name for name, _ in embedder.named_parameters()] == ["vectors"]
    assert not embedder(keys_of(["D9"]), torch.zeros(0, 2).long()).any()


def test_state_goes_into_a_new_embedder(embedder: ConceptEmbedder) -> None:
    fresh = copy.deepcopy(embedder)
    for parameter in fresh.parameters():
        torch.nn.init.zeros_(parameter)
    fresh.load_state_dict(copy.deepcopy(embedder.state_dict()))
    keys, types = keys_of(["D1", "D9", "T1"]), torch.tensor([[0, 1], [2, 2]])
    embedder.eval(), fresh.eval()
    assert torch.equal(fresh(keys, types), embedder(keys, types))


def test_vectors_of_a_file_are_not_in_the_weights(build: Build) -> None:
    assert list(build(CONFIGS["pretrained"]).state_dict()) == ["digest"]


def test_weights_refuse_another_file(build: Build, files: Dict[str, str]) -> None:
    state = build(CONFIGS["pretrained"]).state_dict()
    write_concept_vectors(files["pretrained"], ["D1"], torch.ones(1, 3), "distmult")
    with pytest.raises(ConfigurationError, match="not the file of concept vectors"):
        build(CONFIGS["pretrained"]).load_state_dict(state)


def test_trained_vectors_need_no_file_once_they_are_in_an_archive(
    build: Build, files: Dict[str, str], tmp_path: Path
) -> None:
    training, archive = tmp_path / "training", tmp_path / "archive"
    training.mkdir()
    embedder = build(CONFIGS["trained pretrained"], serialization_dir=training)
    assert isinstance(embedder, PretrainedConceptEmbedder)
    torch.nn.init.ones_(embedder.vectors)
    shutil.copytree(training / "concept_vectors", archive / "concept_vectors")
    (archive / "weights.th").touch()
    Path(files["pretrained"]).unlink()
    loaded = build(CONFIGS["trained pretrained"], serialization_dir=archive)
    loaded.load_state_dict(embedder.state_dict())
    output = loaded(keys_of(["D1", "D9"]), torch.zeros(0, 2).long())
    assert torch.equal(output, torch.tensor([[1.0] * 3, [0.0] * 3]))


def test_only_trained_vectors_are_copied(build: Build, tmp_path: Path) -> None:
    build(CONFIGS["pretrained"], serialization_dir=tmp_path)
    assert not (tmp_path / "concept_vectors").exists()


def test_half_precision_files_give_single_precision(build: Build, files: Dict[str, str]) -> None:
    vectors = torch.stack(list(PRETRAINED.values())).half()
    write_concept_vectors(files["pretrained"], list(PRETRAINED), vectors, "distmult")
    output = build(CONFIGS["pretrained"])(keys_of(["D1", "D9"]), torch.zeros(0, 2).long())
    assert output.dtype == torch.float32
    torch.testing.assert_close(output[0], PRETRAINED["D1"], rtol=1e-3, atol=1e-3)


def test_everything_moves_with_the_module(embedder: ConceptEmbedder) -> None:
    # Tensors on the meta device have no values, so a tensor that stays on the CPU, or code that
    # waits for a value, raises.
    embedder.to("meta")
    keys, types = torch.zeros(3).long().to("meta"), torch.zeros(2, 2).long().to("meta")
    assert embedder(keys, types).device.type == "meta"


def test_impossible_settings_are_refused(
    build: Build, files: Dict[str, str], vocab: Vocabulary
) -> None:
    with pytest.raises(ConfigurationError, match=r"kind 'distmult', not 'description'"):
        build(CONFIGS["description"], vectors=files["pretrained"])
    with pytest.raises(ConfigurationError, match="cannot read concept vectors: there is no file"):
        build(CONFIGS["pretrained"], vectors="nowhere")
    with pytest.raises(ConfigurationError, match="no concepts in the namespace 'other_labels'"):
        build(CONFIGS["learned"], namespace="other_labels")
    with pytest.raises(ConfigurationError, match="less than 1, got 1"):
        build(CONFIGS["learned"], concept_dropout=1)
    with pytest.raises(ConfigurationError, match="needs at least one part"):
        build('{type: "concatenated", parts: {}}')
    write_concept_vectors(files["pretrained"], [], torch.zeros(0, 3), "distmult")
    with pytest.raises(ConfigurationError, match="has no concepts"):
        build(CONFIGS["pretrained"])
