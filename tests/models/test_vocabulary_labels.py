from allennlp.data import Vocabulary

from bio_ie.models.vocabulary_labels import vocabulary_labels


def test_labels_come_by_index() -> None:
    vocab = Vocabulary()
    for label in ("b", "a", "c"):
        vocab.add_token_to_namespace(label, "relation_labels")
    labels = vocabulary_labels(vocab, "relation_labels")
    assert labels == ["b", "a", "c"]
    assert [vocab.get_token_index(label, "relation_labels") for label in labels] == [0, 1, 2]


def test_a_namespace_that_is_not_there_has_none_and_is_not_made(tmp_path) -> None:
    vocab = Vocabulary()
    assert vocabulary_labels(vocab, "relation_labels") == []
    assert "relation_labels" not in vocab.get_namespaces()
    vocab.save_to_files(str(tmp_path / "vocabulary"))
    assert vocabulary_labels(Vocabulary.from_files(str(tmp_path / "vocabulary")), "x") == []
