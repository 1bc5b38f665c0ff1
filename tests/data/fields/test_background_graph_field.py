from typing import List

import pytest
import torch
from allennlp.data import Batch, Instance, Vocabulary

from bio_ie.data.fields import BackgroundGraphField
from bio_ie.text.stable_key import stable_key


def first() -> BackgroundGraphField:
    return BackgroundGraphField(
        candidates=[(3, 4, [1, 0]), (0, 0, [0]), (3, 4, [1])],
        nodes=["D1", "D2", "Disease"],
        types=[["Disease"], ["Disease", "Sign"], ["Disease"]],
        edges=[(0, "is_a", 1), (1, "inverse:is_a", 0), (0, "has_type", 2)],
    )


def second() -> BackgroundGraphField:
    return BackgroundGraphField(
        [(2, 2, [0])], ["C9"], [["Chemical"]], [(0, "has_type", 0), (0, "never_seen", 0)]
    )


def tensors(fields: List[BackgroundGraphField], vocab: Vocabulary) -> dict:
    batch = Batch([Instance({"graph": field}) for field in fields])
    batch.index_instances(vocab)
    return batch.as_tensor_dict()["graph"]


@pytest.fixture
def vocab() -> Vocabulary:
    return Vocabulary.from_instances([Instance({"graph": first()})])


def test_graphs_of_a_batch_are_one_disjoint_graph(vocab: Vocabulary) -> None:
    found = tensors([first(), BackgroundGraphField(), second()], vocab)
    relation = vocab.get_token_to_index_vocabulary("background_relation_labels")
    type_ = vocab.get_token_to_index_vocabulary("semantic_types")
    assert found["spans"].tolist() == [[0, 0, 0], [0, 3, 4], [2, 2, 2]]
    assert found["links"].tolist() == [[0, 0], [1, 1], [1, 0], [2, 3]]
    assert found["keys"].tolist() == [stable_key(id_) for id_ in ("D1", "D2", "Disease", "C9")]
    disease, sign, unknown = type_["Disease"], type_["Sign"], type_["@@UNKNOWN@@"]
    assert found["types"].tolist() == [
        [0, disease], [1, disease], [1, sign], [2, disease], [3, unknown]
    ]  # fmt: skip
    assert found["edges"].tolist() == [
        [0, 1, relation["is_a"]],
        [1, 0, relation["inverse:is_a"]],
        [0, 2, relation["has_type"]],
        [3, 3, relation["has_type"]],
    ]
    assert found["node_rows"].tolist() == [0, 0, 0, 2]


def test_a_batch_without_concepts_is_empty_tables(vocab: Vocabulary) -> None:
    for vocabulary in (vocab, Vocabulary()):
        found = tensors([BackgroundGraphField(), first().empty_field()], vocabulary)
        assert {name: tuple(value.shape) for name, value in found.items()} == {
            "spans": (0, 3), "links": (0, 2), "keys": (0,), "types": (0, 2), "edges": (0, 3),
            "node_rows": (0,),
        }  # fmt: skip
        assert all(value.dtype == torch.long for value in found.values())


def test_the_vocabulary_knows_concepts_types_and_relations(vocab: Vocabulary) -> None:
    assert set(vocab.get_token_to_index_vocabulary("concept_labels")) == {"D1", "D2", "Disease"}
    assert "Sign" in vocab.get_token_to_index_vocabulary("semantic_types")
    assert len(vocab.get_token_to_index_vocabulary("background_relation_labels")) == 3


def test_tensors_before_indexing_are_an_error() -> None:
    with pytest.raises(ValueError, match="index the field"):
        first().as_tensor({})
