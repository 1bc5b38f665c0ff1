import pytest
import torch
from allennlp.data import Batch, Instance, Vocabulary
from allennlp.data.fields import Field

from bio_ie.data.fields import DocumentGraphField, Link
from bio_ie.text.stable_key import stable_key


def fields() -> list[Field]:
    return [
        DocumentGraphField(
            [(0, 1), (3, 3)],
            ["A", "B", "C"],
            [["t"], [], ["t", "u"]],
            [Link(0, 0, 0.5, False), Link(0, 1, 0.25, False), Link(1, 2, 1.0, True)],
            [(0, "r", 2), (1, "s", 0)],
            [0, 1, 2],
        ),
        DocumentGraphField(facts=[], gold_entities=[]),
        DocumentGraphField([(2, 2)], ["B"], [["t"]], [Link(0, 0, 1.0, False)], [], []),
    ]


def test_the_documents_of_a_batch_are_laid_behind_each_other() -> None:
    instances = [Instance({"graph": field}) for field in fields()]
    vocab = Vocabulary.from_instances(instances)
    batch = Batch(instances)
    batch.index_instances(vocab)
    tensors = batch.as_tensor_dict()["graph"]
    assert tensors["mentions"].tolist() == [[0, 0, 1], [0, 3, 3], [2, 2, 2]]
    assert tensors["links"].tolist() == [[0, 0], [0, 1], [1, 2], [2, 3]]
    assert tensors["link_scores"].tolist() == [0.5, 0.25, 1.0, 1.0]
    assert tensors["link_given"].tolist() == [False, False, True, False]
    assert tensors["keys"].tolist() == [stable_key(id_) for id_ in "ABCB"]
    assert tensors["entity_rows"].tolist() == [0, 0, 0, 2]
    t, u = (vocab.get_token_index(name, "semantic_types") for name in "tu")
    assert tensors["types"].tolist() == [[0, t], [2, t], [2, u], [3, t]]
    r, s = (vocab.get_token_index(name, "relation_labels") for name in "rs")
    assert tensors["facts"].tolist() == [[0, 2, r], [1, 0, s]]
    assert tensors["gold_entities"].tolist() == [True, True, True, False]
    assert vocab.get_vocab_size("concept_labels") == 3


def test_a_relation_that_the_vocabulary_lacks_has_no_fact() -> None:
    field = fields()[0]
    field.index(Vocabulary(tokens_to_add={"relation_labels": ["s"]}))
    tensors = field.as_tensor({})
    assert tensors["facts"].tolist() == [[1, 0, 0]]


def test_without_labels_there_are_no_facts() -> None:
    instances = [Instance({"graph": DocumentGraphField([(0, 0)], ["A"], [[]])})]
    batch = Batch(instances)
    batch.index_instances(Vocabulary())
    tensors = batch.as_tensor_dict()["graph"]
    assert "facts" not in tensors
    assert "gold_entities" not in tensors
    assert tensors["links"].shape == torch.Size([0, 2])
    assert instances[0]["graph"].empty_field().facts is None


def test_labels_come_together() -> None:
    with pytest.raises(ValueError, match="must be given together"):
        DocumentGraphField(facts=[])
