import pytest
from allennlp.common.checks import ConfigurationError
from allennlp.common.params import Params
from allennlp.data import DatasetReader, Vocabulary
from allennlp.data.token_indexers import SingleIdTokenIndexer

from bio_ie.data.corpora import CorpusFormat, JsonlFormat
from bio_ie.data.dataset_readers import TaggedRelationsReader
from bio_ie.text.document import Document, Mention, Relation

TEXT = "Lithium-induced tremor resolved. Severe skin rash and fever after penicillin."


def reader(**kwargs):
    return TaggedRelationsReader({"tokens": SingleIdTokenIndexer()}, **kwargs)


def mention(id_, phrase, type_, text=TEXT):
    start = text.index(phrase)
    return Mention(id_, start, start + len(phrase), type_)


DOCUMENT = Document(
    "d",
    TEXT,
    mentions=[
        mention("1", "Lithium", "Drug"),
        mention("2", "tremor", "Effect"),
        mention("3", "Severe skin rash", "Effect"),
        mention("4", "skin rash", "Effect"),
        mention("5", "fever", "Effect"),
        mention("6", "penicillin", "Drug"),
    ],
    relations=[
        Relation("causes", "1", "2"),
        Relation("causes", "6", "3"),
        Relation("causes", "6", "4"),
        Relation("with", "3", "5", directed=False),
        Relation("causes", "1", "5"),
    ],
)


def instances(document=DOCUMENT, **kwargs):
    tagged = reader(**kwargs)
    return tagged, tagged.document_to_instances(document, labelled=True)


def words_and_tags(instance):
    words = [token.text for token in instance["words"].tokens]
    return list(zip(words, instance["tags"].labels, strict=True))


def test_tags_are_bioes_of_the_longest_mentions():
    _, (_, second) = instances()
    assert words_and_tags(second) == [
        ("Severe", "B-Effect"),
        ("skin", "I-Effect"),
        ("rash", "E-Effect"),
        ("and", "O"),
        ("fever", "S-Effect"),
        ("after", "O"),
        ("penicillin", "S-Drug"),
        (".", "O"),
    ]


def test_bio_tags():
    _, (_, second) = instances(tag_scheme="BIO")
    expected = ["B-Effect", "I-Effect", "I-Effect", "O", "B-Effect", "O", "B-Drug", "O"]
    assert second["tags"].labels == expected


def test_relations_join_last_words_and_undirected_ones_go_both_ways():
    _, (first, second) = instances()
    relations = second["relations"]
    assert set(relations.relations) == {(6, 2, "causes"), (2, 4, "with"), (4, 2, "with")}
    assert relations.undirected == ["with"]
    assert len(first["relations"].relations) == 1


def test_what_tags_cannot_hold_is_counted_and_stays_gold():
    tagged, (first, second) = instances()
    assert tagged.losses["mentions nested in, crossing or repeating another"] == 1
    # One relation has the nested mention as its tail. The other one crosses sentences.
    assert tagged.losses["relations with an argument that has no tags"] == 2
    gold = [instance["metadata"].metadata for instance in (first, second)]
    entities = [item for metadata in gold for item in metadata["gold_entities"]]
    assert sorted(entities) == sorted((m.start, m.end, m.type) for m in DOCUMENT.mentions)
    assert sum(len(metadata["gold_relations"]) for metadata in gold) == len(DOCUMENT.relations)


def test_align_split_cuts_the_word_and_expand_keeps_it():
    text = "Lithiuminduced tremor"
    document = Document("d", text, mentions=[mention("1", "Lithium", "Drug", text)])
    tagged, (instance,) = instances(document)
    assert words_and_tags(instance) == [("Lithium", "S-Drug"), ("induced", "O"), ("tremor", "O")]
    assert tagged.losses["mentions end inside a word (align: split)"] == 1

    tagged, (instance,) = instances(document, align="expand")
    assert words_and_tags(instance) == [("Lithiuminduced", "S-Drug"), ("tremor", "O")]
    assert tagged.losses["mentions end inside a word (align: expand)"] == 1
    assert instance["metadata"].metadata["gold_entities"] == [(0, 7, "Drug")]


def test_without_labels_gold_does_not_decide_where_words_end():
    text = "Lithiuminduced tremor"
    document = Document("d", text, mentions=[mention("1", "Lithium", "Drug", text)])
    (instance,) = reader().document_to_instances(document)
    assert [token.text for token in instance["words"].tokens] == ["Lithiuminduced", "tremor"]
    assert set(instance.fields) == {"words", "metadata"}


def test_word_spans_are_offsets_in_the_document():
    _, views = instances()
    for instance in views:
        spans = instance["metadata"].metadata["word_spans"]
        words = [token.text for token in instance["words"].tokens]
        assert [TEXT[start:end] for start, end in spans] == words


def test_a_mention_that_crosses_a_sentence_end_is_counted_once_and_gold_once():
    mentions = [Mention("1", 0, 8, "X")]
    document = Document("d", "One. Two.", sentences=[(0, 4), (5, 9)], mentions=mentions)
    tagged, views = instances(document)
    assert tagged.losses["mentions cross the end of their sentence"] == 1
    gold = [instance["metadata"].metadata["gold_entities"] for instance in views]
    assert gold == [[(0, 8, "X")], []]


def test_long_sentences_are_cut_at_words_and_counted():
    document = Document("d", " ".join(["word"] * 25), mentions=[Mention("1", 45, 54, "X")])
    tagged, views = instances(document, max_words=10)
    assert [len(instance["words"].tokens) for instance in views] == [10, 10, 5]
    assert tagged.losses["sentences longer than max_words were cut"] == 1
    assert tagged.losses["mentions cross the end of their sentence"] == 1


@pytest.mark.parametrize("text", ["", " \n\t "])
def test_a_text_without_words_gives_nothing_and_no_error(text):
    assert reader().document_to_instances(Document("d", text)) == []


def test_a_second_label_of_a_pair_is_counted():
    document = Document(
        "d",
        TEXT,
        mentions=DOCUMENT.mentions[:2],
        relations=[Relation("causes", "1", "2"), Relation("worsens", "1", "2")],
    )
    tagged, (first, _) = instances(document)
    assert tagged.losses["further labels of a pair of mentions"] == 1
    assert len(first["relations"].relations) == 2


@pytest.mark.parametrize("setting", [{"tag_scheme": "BILOU"}, {"align": "move"}, {"max_words": 0}])
def test_an_impossible_setting_is_an_error(setting):
    with pytest.raises(ConfigurationError, match=next(iter(setting))):
        reader(**setting)


def test_a_setting_that_does_not_exist_is_an_error():
    params = Params({"type": "tagged_relations", "token_indexers": {}, "aligned": "split"})
    with pytest.raises(ConfigurationError, match="aligned"):
        DatasetReader.from_params(params)


def test_reads_files_and_data_path_objects(tmp_path):
    path = tmp_path / "corpus.jsonl"
    documents = [Document(f"d{i}", TEXT) for i in range(10)]
    JsonlFormat().write(documents, path)
    tagged = reader()
    assert len(list(tagged.read(str(path)))) == 20
    part = {"file": str(path), "split": "validation", "validation_share": "2"}
    assert len(list(tagged.read(part))) == 4
    assert len(list(reader(max_instances=3).read(str(path)))) == 3


@pytest.mark.parametrize(
    "name, file, mentions",
    [
        ("spert", "conll04/conll04_train.json", 3377),
        ("biorelex", "biorelex/1.0alpha7.train.json", 6925),
        ("pubtator", "bc5cdr/CDR_TrainingSet.PubTator.txt.gz", 9385),
    ],
)
def test_every_gold_mention_of_a_corpus_is_scored_once(corpus_folder, name, file, mentions):
    tagged = reader(corpus=CorpusFormat.by_name(name)())
    found = 0
    for instance in tagged.read(str(corpus_folder / file)):
        found += len(instance["metadata"].metadata["gold_entities"])
    assert found == mentions


def test_types_that_training_lacked_are_scored_as_missed():
    seen = [Document("a", "Aspirin helps", mentions=[Mention("1", 0, 7, "Drug")])]
    vocab = Vocabulary.from_instances([i for doc in seen for i in instances(doc)[1]])
    (_, second) = instances()[1]
    second.index_fields(vocab)
    tensors = second.as_tensor_dict()
    tags = [vocab.get_token_from_index(int(tag), "entity_tags") for tag in tensors["tags"]]
    assert tags == ["O", "O", "O", "O", "O", "O", "S-Drug", "O"]
    assert tensors["relations"].shape == (0, 3)
    assert len(second["metadata"].metadata["gold_relations"]) == 3
