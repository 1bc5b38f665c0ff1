import pytest
from allennlp.data import Batch, Instance, Vocabulary

from bio_ie.data.fields import IGNORED, UNSEEN, LabelsField


def test_unknown_labels_and_padding_are_ignored_and_labels_that_training_lacks_are_unseen():
    training = [Instance({"labels": LabelsField(["A", None, "O"], "concept_labels")})]
    vocab = Vocabulary.from_instances(training)
    a, nil = (vocab.get_token_index(label, "concept_labels") for label in ("A", "O"))
    batch = Batch([*training, Instance({"labels": LabelsField(["B"], "concept_labels")})])
    batch.index_instances(vocab)
    assert batch.as_tensor_dict()["labels"].tolist() == [
        [a, IGNORED, nil],
        [UNSEEN, IGNORED, IGNORED],
    ]


def test_nil_is_always_known():
    vocab = Vocabulary.from_instances([Instance({"labels": LabelsField(["A"], "some_labels")})])
    assert set(vocab.get_token_to_index_vocabulary("some_labels")) == {"A", "O"}


def test_labels_have_to_be_indexed_first():
    field = LabelsField(["A"])
    with pytest.raises(RuntimeError, match="indexed"):
        field.as_tensor(field.get_padding_lengths())
    assert field.empty_field().as_tensor({"num_labels": 2}).tolist() == [IGNORED, IGNORED]
