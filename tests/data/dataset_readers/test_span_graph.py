import pickle
from collections import Counter
from dataclasses import replace

import pytest
import torch
from allennlp.common import Params
from allennlp.common.checks import ConfigurationError
from allennlp.data import DatasetReader, Vocabulary
from allennlp.data.token_indexers import SingleIdTokenIndexer

from bio_ie.data.corpora import CorpusFormat
from bio_ie.data.dataset_readers import SpanGraphReader
from bio_ie.data.items import entity_item, relation_items
from bio_ie.data.span_position import span_position
from bio_ie.knowledge import KnowledgeBase
from bio_ie.knowledge.background_graph import BackgroundKnowledgeBase
from bio_ie.text.document import Document, Mention, Relation
from tests.knowledge.example_kb import write_example_kb

TEXT = "Lithium induced severe tremor . Fever and tremor after penicillin ."
SENTENCES = ((0, 31), (32, 67))
WIDTH = 4


def reader(**settings):
    settings = {"max_span_width": WIDTH, **settings}
    return SpanGraphReader({"tokens": SingleIdTokenIndexer()}, **settings)


def mention(id_, phrase, type_="Effect", text=TEXT, nth=0):
    start = -1
    for _ in range(nth + 1):
        start = text.index(phrase, start + 1)
    return Mention(id_, start, start + len(phrase), type_)


def document(mentions=(), relations=(), text=TEXT, sentences=SENTENCES, **fields):
    return Document(
        "d", text, sentences=sentences, mentions=mentions, relations=relations, **fields
    )


def read(doc, labelled=True, **settings):
    """The reader, with its losses, and the instances of one document."""
    made = reader(**settings)
    return made, made.document_to_instances(doc, labelled=labelled)


def losses(made):
    return dict(+made.losses)


def words(instance):
    return [token.text for token in instance["words"].tokens]


def entities(instance):
    """The words and the type of each entity."""
    return {
        (" ".join(words(instance)[first : last + 1]), type_)
        for first, last, type_ in instance["entities"].relations
    }


def metadata(instance):
    return instance["metadata"].metadata


DRUG = mention("1", "Lithium", "Drug")
WIDE = mention("2", "severe tremor")
INNER = mention("3", "tremor")
FEVER = mention("4", "Fever")
SECOND = mention("5", "penicillin", "Drug")


def test_nested_mentions_are_entities_too():
    made, (first, second) = read(document([DRUG, WIDE, INNER, FEVER, SECOND]))
    assert entities(first) == {
        ("Lithium", "Drug"),
        ("severe tremor", "Effect"),
        ("tremor", "Effect"),
    }
    assert entities(second) == {("Fever", "Effect"), ("penicillin", "Drug")}
    assert not losses(made)


def test_crossing_mentions_are_entities_too():
    crossing = [mention("1", "induced severe"), mention("2", "severe tremor")]
    made, (first, _) = read(document(crossing))
    assert len(entities(first)) == 2
    assert not losses(made)


def test_relations_join_spans_and_undirected_ones_go_both_ways():
    relations = [
        Relation("causes", "1", "2"),
        Relation("part_of", "2", "3", directed=False),
    ]
    made, (first, _) = read(document([DRUG, WIDE, INNER], relations))
    lithium, wide, inner = (span_position(*span) for span in ((0, 0), (2, 3), (3, 3)))
    assert set(first["relations"].relations) == {
        (lithium, wide, "causes"),
        (wide, inner, "part_of"),
        (inner, wide, "part_of"),
    }
    assert first["relations"].undirected == ["part_of"]
    assert not losses(made)


def test_sentences_are_instances_with_offsets_of_the_document():
    _, instances = read(document([FEVER]))
    assert [words(instance)[0] for instance in instances] == ["Lithium", "Fever"]
    for instance in instances:
        spans = metadata(instance)["word_spans"]
        assert [TEXT[start:end] for start, end in spans] == words(instance)
        assert instance["sentences"].tensor.tolist() == [0] * len(spans)
        assert "document" not in metadata(instance)


def test_a_document_is_one_instance_that_knows_its_sentences():
    relation = Relation("causes", "5", "2")
    _, (instance,) = read(document([DRUG, WIDE, FEVER, SECOND], [relation]), unit="document")
    numbers = instance["sentences"].tensor.tolist()
    assert numbers == [1] * 5 + [2] * 6
    assert " ".join(words(instance)) == TEXT
    assert len(instance["relations"].relations) == 1  # between sentences
    assert metadata(instance)["document"].text == TEXT


def test_long_documents_are_cut_between_sentences():
    text = " ".join(["One two three ."] * 5)
    sentences = [(start, start + 15) for start in range(0, len(text), 16)]
    ends = [Mention("a", 0, 3, "X"), Mention("b", 64, 67, "X"), Mention("c", 16, 19, "X")]
    relations = [Relation("r", "a", "b"), Relation("r", "a", "c")]
    made, instances = read(document(ends, relations, text, sentences), unit="document", max_words=9)
    assert [len(words(instance)) for instance in instances] == [8, 8, 4]
    assert [w for instance in instances for w in words(instance)] == text.split()
    assert losses(made) == {
        "documents longer than max_words were cut": 1,
        "relations with an argument that is not a span of the instance": 1,
    }
    assert all("document" not in metadata(instance) for instance in instances)
    assert sum(len(metadata(instance)["gold_relations"]) for instance in instances) == 2


@pytest.mark.parametrize("unit", ["sentence", "document"])
def test_a_sentence_of_more_than_max_words_is_cut(unit):
    text = " ".join(["word"] * 25)
    crossing = Mention("1", 45, 54, "X")  # the tenth and eleventh word
    made, instances = read(document([crossing], (), text, ()), unit=unit, max_words=10)
    assert [len(words(instance)) for instance in instances] == [10, 10, 5]
    assert made.losses["sentences longer than max_words were cut"] == 1
    assert made.losses["mentions cross the end of their sentence"] == 1
    assert [metadata(instance)["gold_entities"] for instance in instances] == [
        [(45, 54, "X")],
        [],
        [],
    ]


def test_a_mention_wider_than_a_span_is_counted_and_stays_gold():
    wide = Mention("9", 0, 31, "Effect")  # five words
    relation = Relation("causes", "1", "9")
    made, (first, _) = read(document([DRUG, wide], [relation]))
    assert losses(made) == {
        "mentions wider than max_span_width": 1,
        "relations with an argument that is not a span of the instance": 1,
    }
    assert entities(first) == {("Lithium", "Drug")}
    assert metadata(first)["gold_entities"] == [entity_item(DRUG), entity_item(wide)]
    assert len(metadata(first)["gold_relations"]) == 1
    assert len(first["relations"].relations) == 0


def test_max_span_width_counts_words():
    exactly = Mention("9", 0, 29, "Effect")  # four words
    made, (first, _) = read(document([exactly]))
    assert entities(first) == {("Lithium induced severe tremor", "Effect")}
    assert not losses(made)


@pytest.mark.parametrize(
    "unit, reason",
    [
        ("sentence", "mentions cross the end of their sentence"),
        ("document", "mentions in two sentences"),
    ],
)
def test_a_mention_in_two_sentences_is_counted_once_and_gold_once(unit, reason):
    crossing = mention("1", "tremor . Fever")
    made, instances = read(document([crossing]), unit=unit)
    assert losses(made) == {reason: 1}
    assert all(not entities(instance) for instance in instances)
    gold = [item for instance in instances for item in metadata(instance)["gold_entities"]]
    assert gold == [entity_item(crossing)]


def test_further_types_of_a_span_are_counted_with_their_relations():
    twin = replace(WIDE, id="9", type="Symptom")
    relations = [Relation("causes", "1", "2"), Relation("causes", "1", "9")]
    made, (first, _) = read(document([DRUG, WIDE, twin], relations))
    assert entities(first) == {("Lithium", "Drug"), ("severe tremor", "Effect")}
    assert losses(made) == {
        "further types of a span": 1,
        "relations of a span's further types": 1,
    }
    assert len(first["relations"].relations) == 1
    assert len(metadata(first)["gold_entities"]) == 3
    assert len(metadata(first)["gold_relations"]) == 2


def test_the_same_mention_twice_is_one_entity_and_no_loss():
    twin = replace(WIDE, id="9")
    relations = [Relation("causes", "1", "2"), Relation("causes", "1", "9")]
    made, (first, _) = read(document([DRUG, WIDE, twin], relations))
    assert len(first["entities"].relations) == 2
    assert len(first["relations"].relations) == 1
    assert not losses(made)


def test_a_relation_of_a_span_with_itself_is_counted():
    twin = replace(WIDE, id="9")
    relations = [Relation("same", "2", "2"), Relation("same", "2", "9", directed=False)]
    made, (first, _) = read(document([WIDE, twin], relations))
    assert losses(made) == {"relations of a span with itself": 2}
    assert len(first["relations"].relations) == 0
    assert len(metadata(first)["gold_relations"]) == 2


@pytest.mark.parametrize("directed", [True, False])
def test_a_further_label_of_a_pair_is_counted_once_and_kept(directed):
    relations = [Relation(type_, "1", "2", directed=directed) for type_ in ("causes", "worsens")]
    made, (first, _) = read(document([DRUG, WIDE], relations))
    assert losses(made) == {"further labels of a pair of spans": 1}
    assert len(first["relations"].relations) == (2 if directed else 4)


JOINED = "Lithiuminduced tremor"


def joined(*mentions, **settings):
    made, (instance,) = read(document(mentions, (), JOINED, ()), **settings)
    return made, instance


def test_split_cuts_the_word_that_a_mention_ends_in():
    made, instance = joined(Mention("1", 0, 7, "Drug"))
    assert words(instance) == ["Lithium", "induced", "tremor"]
    assert entities(instance) == {("Lithium", "Drug")}
    assert losses(made) == {"mentions end inside a word (align: split)": 1}
    assert metadata(instance)["word_spans"] == [(0, 7), (7, 14), (15, 21)]


def test_expand_widens_the_mention_that_ends_inside_a_word():
    made, instance = joined(Mention("1", 0, 7, "Drug"), align="expand")
    assert words(instance) == ["Lithiuminduced", "tremor"]
    assert entities(instance) == {("Lithiuminduced", "Drug")}
    assert losses(made) == {"mentions end inside a word (align: expand)": 1}
    assert metadata(instance)["gold_entities"] == [(0, 7, "Drug")]


@pytest.mark.parametrize("align", ["split", "expand"])
def test_a_mention_with_white_space_at_an_end_is_counted(align):
    made, instance = joined(Mention("1", 0, 15, "Drug"), align=align)
    assert entities(instance) == {("Lithiuminduced", "Drug")}
    assert losses(made) == {"mentions begin or end between words": 1}


def test_a_mention_of_white_space_is_counted():
    made, instance = joined(Mention("1", 14, 15, "Drug"))
    assert losses(made) == {"mentions hold no word": 1}
    assert len(instance["entities"].relations) == 0


def test_a_discontinuous_mention_is_taken_from_end_to_end():
    parts = Mention("1", 0, 21, "Effect", fragments=((0, 7), (15, 21)))
    made, instance = joined(parts)
    assert entities(instance) == {("Lithiuminduced tremor", "Effect")}
    assert losses(made) == {"discontinuous mentions were taken from end to end": 1}


def test_without_labels_gold_is_nowhere():
    doc = document([Mention("1", 0, 4, "Drug")])  # inside a word
    for unit in ("sentence", "document"):
        made, (first, *_) = read(doc, labelled=False, unit=unit)
        assert set(first.fields) == {"words", "sentences", "metadata"}
        assert words(first)[0] == "Lithium"
        assert metadata(first).keys() == {"document_id", "is_padding", "word_spans"}
        assert not losses(made)


@pytest.mark.parametrize("unit", ["sentence", "document"])
@pytest.mark.parametrize("text", ["", " \n\t "])
def test_text_without_words_gives_nothing_and_no_error(unit, text):
    assert read(Document("d", text), unit=unit)[1] == []


@pytest.mark.parametrize("unit", ["sentence", "document"])
def test_a_sentence_of_white_space_alone_has_one_word(unit):
    """The text is cut even inside a mention."""
    doc = Document("d", "   ", sentences=((0, 3),), mentions=(Mention("1", 1, 2, "X"),))
    made, (instance,) = read(doc, unit=unit)
    assert len(instance["words"].tokens) == 1
    assert instance["sentences"].tensor.dtype == torch.long
    assert len(instance["entities"].relations) == 0
    assert made.losses["mentions hold no word"] == 1
    assert len(metadata(instance)["gold_entities"]) == 1


@pytest.mark.parametrize("unit", ["sentence", "document"])
def test_own_tokens_and_sentences_are_used(unit):
    tokens = [(0, 15), (16, 29), (30, 31), (32, 48), (49, 65), (66, 67)]
    _, instances = read(document([DRUG], tokens=tokens), unit=unit)
    found = [span for instance in instances for span in metadata(instance)["word_spans"]]
    assert found == [(0, 7), (8, 15), *tokens[1:]]
    numbers = [int(n) for instance in instances for n in instance["sentences"].tensor]
    assert numbers == ([0] * 7 if unit == "sentence" else [1] * 4 + [2] * 3)


def test_a_document_of_one_sentence_is_whole_whatever_white_space_is_around_it():
    text = " Lithium induced tremor .\n"
    _, (instance,) = read(document((), (), text, ((1, 25),)))
    assert metadata(instance)["document"].id == "d"


def test_padding_is_flagged():
    made = reader()
    (view, _) = made.views(document([DRUG]))
    assert metadata(made.view_to_instance(view, is_padding=True))["is_padding"] is True
    assert metadata(made.view_to_instance(view))["is_padding"] is False


def test_labels_have_namespaces_of_their_own():
    relations = [Relation("with", "1", "2", directed=False)]
    _, instances = read(document([DRUG, WIDE], relations))
    vocab = Vocabulary.from_instances(instances)
    assert set(vocab.get_token_to_index_vocabulary("span_labels")) == {"Drug", "Effect"}
    assert set(vocab.get_token_to_index_vocabulary("relation_labels")) == {"with"}
    assert set(vocab.get_token_to_index_vocabulary("undirected_relation_labels")) == {"with"}


@pytest.mark.parametrize(
    "setting", [{"max_span_width": 0}, {"unit": "page"}, {"align": "move"}, {"max_words": 0}]
)
def test_an_impossible_setting_is_an_error(setting):
    with pytest.raises(ConfigurationError, match=next(iter(setting))):
        reader(**setting)


def test_is_built_from_a_config(toy_kb):
    params = {
        "type": "span_graph",
        "token_indexers": {"tokens": {"type": "single_id"}},
        "corpus": {"type": "jsonl"},
        "unit": "document",
        "background": {"kb": {"path": str(toy_kb)}, "max_width": 3},
    }
    made = DatasetReader.from_params(Params(params))
    assert isinstance(made, SpanGraphReader)
    (instance,) = made.document_to_instances(Document("d", "Nothing is known ."))
    assert "background" in instance.fields


# The background graph


@pytest.fixture
def background(tmp_path):
    return BackgroundKnowledgeBase(write_example_kb(tmp_path / "kb.sqlite"))


def candidates(instance):
    """The words and the concepts of each linked span."""
    concepts = metadata(instance)["concepts"]
    return {
        " ".join(words(instance)[first : last + 1]): [concepts[node]["id"] for node in nodes]
        for first, last, nodes in instance["background"].candidates
    }


KNOWN = "A common cold is bad . Epilepsy , not a cold , is worse ."
KNOWN_SENTENCES = ((0, 22), (23, 57))


@pytest.mark.parametrize("unit", ["sentence", "document"])
def test_names_are_linked_where_they_stand(background, unit):
    doc = Document("d", KNOWN, sentences=KNOWN_SENTENCES)
    _, instances = read(doc, labelled=False, unit=unit, background=background)
    found = [candidates(instance) for instance in instances]
    first = {"common cold": ["X:06"], "cold": ["X:06", "X:07"]}
    second = {"Epilepsy": ["X:04"], "cold": ["X:06", "X:07"]}
    assert found == ([first, second] if unit == "sentence" else [{**first, **second}])


def test_every_occurrence_is_linked(background):
    doc = Document("d", KNOWN, sentences=KNOWN_SENTENCES)
    _, (instance,) = read(doc, labelled=False, unit="document", background=background)
    assert [(first, last) for first, last, _ in instance["background"].candidates] == [
        (1, 2),
        (2, 2),
        (6, 6),
        (10, 10),
    ]


def test_abbreviations_of_the_whole_document_count(background):
    text = "Methamphetamine (MA) is a drug . After MA there was more ."
    doc = Document("d", text, sentences=((0, 32), (33, 58)))
    _, (_, second) = read(doc, labelled=False, background=background)
    assert candidates(second) == {"MA": ["X:01"]}
    alone = Document("d", text[33:], sentences=((0, 25),))
    _, (second,) = read(alone, labelled=False, background=background)
    assert candidates(second) == {}


def test_a_name_that_ends_inside_a_word_links_the_whole_word(background):
    text = "A methamphetamine-induced fit"
    doc = Document("d", text, tokens=((0, 1), (2, 25), (26, 29)))
    _, (instance,) = read(doc, labelled=False, background=background)
    assert candidates(instance) == {"methamphetamine-induced": ["X:01"]}


def test_links_follow_the_words_that_gold_has_cut(background):
    text = "Mild methamphetamineinduced cold"
    doc = Document("d", text, mentions=(Mention("1", 5, 20, "Drug"),))
    _, (instance,) = read(doc, background=background)
    assert words(instance) == ["Mild", "methamphetamine", "induced", "cold"]
    assert candidates(instance) == {"cold": ["X:06", "X:07"]}


def test_metadata_says_what_the_nodes_are(background):
    doc = Document("d", KNOWN, sentences=KNOWN_SENTENCES)
    _, (first, _) = read(doc, labelled=False, background=background)
    assert metadata(first)["concepts"] == [
        {"id": "X:06", "name": "Cold", "semantic_types": ["Disease"]},
        {"id": "X:07", "name": "Cold", "semantic_types": ["Finding"]},
        {"id": "Disease", "name": "Disease", "semantic_types": ["Disease"]},
        {"id": "Finding", "name": "Finding", "semantic_types": ["Finding"]},
    ]
    assert [concept["id"] for concept in metadata(first)["concepts"]] == list(
        first["background"].nodes
    )


def test_a_text_that_names_nothing_has_an_empty_graph(background):
    _, (instance,) = read(Document("d", "Nothing here ."), labelled=False, background=background)
    assert len(instance["background"]) == 0
    assert metadata(instance)["concepts"] == []


def test_knowledge_can_be_pickled(background):
    knowledge = pickle.loads(pickle.dumps(background))
    assert isinstance(knowledge.kb, KnowledgeBase)
    _, (instance,) = read(Document("d", "Epilepsy ."), labelled=False, background=knowledge)
    assert candidates(instance) == {"Epilepsy": ["X:04"]}


# Real corpora

CORPORA = {
    "biorelex": ({"type": "biorelex"}, "biorelex/1.0alpha7.train.json", 6925),
    "ade": ({"type": "ade"}, "ade/DRUG-AE.rel", None),
    "bc5cdr": ({"type": "pubtator"}, "bc5cdr/CDR_TrainingSet.PubTator.txt.gz", 9385),
}
LOST = {
    "mentions wider than max_span_width",
    "mentions cross the end of their sentence",
    "mentions in two sentences",
    "further types of a span",
    "mentions hold no word",
    "mentions begin or end between words",
}


@pytest.mark.parametrize("unit", ["sentence", "document"])
@pytest.mark.parametrize("name", CORPORA)
def test_every_mention_of_a_corpus_is_an_entity_or_counted(corpus_folder, name, unit):
    corpus, file, num_mentions = CORPORA[name]
    documents = list(CorpusFormat.from_params(Params(dict(corpus))).read(corpus_folder / file))
    made = reader(max_span_width=20, unit=unit)
    found, gold_entities, gold_relations = 0, 0, 0
    for doc in documents:
        held = set()
        for instance in made.document_to_instances(doc, labelled=True):
            gold_entities += len(metadata(instance)["gold_entities"])
            gold_relations += len(metadata(instance)["gold_relations"])
            spans = metadata(instance)["word_spans"]
            held |= {
                (spans[first][0], spans[last][1], type_)
                for first, last, type_ in instance["entities"].relations
            }
        items = Counter(entity_item(m) for m in doc.mentions)
        assert held <= items.keys(), doc.id  # the spans have exactly the mentions' text
        found += sum(items[item] for item in held)
    lost = sum(made.losses[reason] for reason in LOST)
    total = sum(len(doc.mentions) for doc in documents)
    assert total == num_mentions or num_mentions is None
    assert gold_entities == total == found + lost
    assert gold_relations == sum(len(relation_items(doc)) for doc in documents)
    assert lost <= total / 100
