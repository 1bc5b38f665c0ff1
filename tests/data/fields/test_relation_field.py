import pytest
import torch
from allennlp.data import Batch, Instance, Vocabulary

from bio_ie.data.fields import RelationField, undirected_namespace


def test_a_batch_is_flat_with_the_row_in_front():
    instances = [
        Instance({"relations": RelationField([(0, 2, "causes"), (2, 0, "binds")], ["binds"])}),
        Instance({"relations": RelationField([])}),
        Instance({"relations": RelationField([(1, 0, "causes")])}),
    ]
    vocab = Vocabulary.from_instances(instances)
    batch = Batch(instances)
    batch.index_instances(vocab)
    causes, binds = (vocab.get_token_index(x, "relation_labels") for x in ("causes", "binds"))
    assert batch.as_tensor_dict()["relations"].tolist() == [
        [0, 0, 2, causes],
        [0, 2, 0, binds],
        [2, 1, 0, causes],
    ]


def test_a_batch_without_relations_is_an_empty_table():
    batch = Batch([Instance({"relations": RelationField([])}) for _ in range(2)])
    batch.index_instances(Vocabulary())
    relations = batch.as_tensor_dict()["relations"]
    assert relations.shape == (0, 4)
    assert relations.dtype == torch.long


def test_the_vocabulary_knows_labels_and_which_are_undirected():
    field = RelationField([(0, 1, "causes"), (0, 1, "binds")], ["binds"])
    vocab = Vocabulary.from_instances([Instance({"relations": field})])
    assert set(vocab.get_token_to_index_vocabulary("relation_labels")) == {"causes", "binds"}
    undirected = vocab.get_token_to_index_vocabulary(undirected_namespace("relation_labels"))
    assert set(undirected) == {"binds"}


def test_a_tensor_before_indexing_is_an_error():
    with pytest.raises(ValueError, match="index the field"):
        RelationField([(0, 1, "causes")]).as_tensor({})
