import json

import pytest
from allennlp.common import Params
from allennlp.common.checks import ConfigurationError
from allennlp.data import DatasetReader
from allennlp.data.token_indexers import SingleIdTokenIndexer

from bio_ie.data.dataset_readers import DictionaryTypesReader
from bio_ie.text.document import Document
from tests.knowledge.test_typed_dictionary import CONCEPTS, TYPES, write_example_kb

TEXT = "Methamphetamine-induced seizures. A cold: amfetamine, common cold, epilepsy."


@pytest.fixture
def kb(tmp_path):
    return write_example_kb(tmp_path / "kb.sqlite", CONCEPTS)


def reader(kb, **options):
    return DictionaryTypesReader({"tokens": SingleIdTokenIndexer()}, kb, types=TYPES, **options)


def test_certain_names_are_instances(kb):
    made = reader(kb)
    instances = made.document_to_instances(Document("d", TEXT), labelled=True)
    found = [
        (" ".join(token.text for token in i["tokens"].tokens), i["label"].label) for i in instances
    ]
    assert found == [
        ("<ENT> -induced seizures .", "CHEMICAL"),
        ("A cold : <ENT> , common cold , epilepsy .", "CHEMICAL"),
        ("A cold : amfetamine , <ENT> , epilepsy .", "DISEASE"),
        ("A cold : amfetamine , common cold , <ENT> .", "DISEASE"),
    ]
    # The ambiguous names are "Seizures", and "cold", which may be a sensation.
    assert made.losses["names of several types were left out"] == 2


def test_long_sentences_are_left_out(kb):
    made = reader(kb, max_length=5)
    assert len(made.document_to_instances(Document("d", TEXT), labelled=True)) == 1
    assert made.losses["sentences longer than max_length were left out"] == 1


def test_reader_comes_from_a_config_and_reads_any_corpus(kb, tmp_path):
    (tmp_path / "texts.jsonl").write_text(json.dumps({"id": "d", "text": TEXT}) + "\n")
    params = Params(
        {
            "type": "dictionary_types",
            "token_indexers": {"tokens": {"type": "single_id"}},
            "kb": {"path": kb.path},
            "types": TYPES,
        }
    )
    instances = list(DatasetReader.from_params(params).read(str(tmp_path / "texts.jsonl")))
    assert len(instances) == 4
    assert {instance["metadata"]["document_id"] for instance in instances} == {"d"}


def test_of_other_things_there_is_one_name_a_sentence_the_same_every_time(kb):
    text = "A mouse, a mouse and methamphetamine resistance in amfetamine users."
    document = Document("d", text)
    first, again = (reader(kb).document_to_instances(document, labelled=True) for _ in range(2))
    assert sorted(instance["label"].label for instance in first) == ["CHEMICAL", "OTHER"]
    chosen = [[token.text for token in instance["tokens"].tokens] for instance in first]
    assert [[token.text for token in instance["tokens"].tokens] for instance in again] == chosen


def test_a_window_is_what_stands_around_the_name(kb):
    made = reader(kb, window=1)
    instances = made.document_to_instances(Document("d", TEXT), labelled=True)
    words = [" ".join(token.text for token in i["tokens"].tokens) for i in instances]
    assert words == ["<ENT> -induced", ": <ENT> ,", ", <ENT> ,", ", <ENT> ."]
    asked = made.named_type("A cat sat.", (2, 5))
    assert asked.words == ["A", "<ENT>", "sat"]
    with pytest.raises(ConfigurationError, match="window"):
        reader(kb, window=0)
