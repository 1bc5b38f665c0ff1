import itertools
import json
import random
from pathlib import Path
from typing import Any, List, Tuple

import _jsonnet
import pytest
from allennlp.common import Params
from allennlp.common.checks import ConfigurationError
from allennlp.data import Batch, DatasetReader, Instance, Vocabulary
from allennlp.data.token_indexers import SingleIdTokenIndexer

from bio_ie.data.concept_items import MentionLink
from bio_ie.data.corpora import PubtatorFormat, SentenceJsonlFormat
from bio_ie.data.dataset_readers import EntityLinkingReader
from bio_ie.data.token_indexers import PretrainedTransformerWordsIndexer
from bio_ie.files.corpus_error import CorpusError
from bio_ie.text.document import Document, Mention

TEXT = "Nausea was rare. Lithium salt caused renal failure and tremor. All recovered."


def mention(id_: str, phrase: str, type_: str, *ids: str, text: str = TEXT) -> Mention:
    start = text.index(phrase)
    return Mention(id_, start, start + len(phrase), type_, ids)


DOCUMENT = Document(
    "d",
    TEXT,
    mentions=[
        mention("1", "Nausea", "Disease", "D1"),
        mention("2", "Lithium salt", "Chemical", "C2", "C1"),
        mention("3", "renal failure", "Disease", "D2"),
        mention("4", "failure", "Disease", "D3"),
        mention("5", "tremor", "Disease"),
    ],
)


def reader(**options: Any) -> EntityLinkingReader:
    return EntityLinkingReader({"tokens": SingleIdTokenIndexer()}, **options)


def instances(document: Document = DOCUMENT, **options: Any) -> Tuple[Any, List[Any]]:
    made = reader(**options)
    return made, made.document_to_instances(document, labelled=True)


def own_words(instance: Any) -> List[str]:
    words = [token.text for token in instance["words"].tokens]
    return [words[place] for place in instance["target_words"].tensor.tolist()]


def test_words_have_a_mention_tag_a_type_and_a_concept() -> None:
    _, (_, second, _) = instances()
    assert own_words(second) == TEXT[17:62].replace(".", " .").split()
    assert second["mention_tags"].labels == [
        "B-Mention", "E-Mention", "O", "B-Mention", "E-Mention", "O", "S-Mention", "O"
    ]  # fmt: skip
    chemical, disease = "Chemical", "Disease"
    assert second["type_labels"].labels == [
        chemical, chemical, "O", disease, disease, "O", disease, "O"
    ]  # fmt: skip
    # A composite has a class of its own, in any order of its ids. Without an id, the concept is
    # unknown.
    assert second["concept_labels"].labels == [
        "C1|C2", "C1|C2", "O", "D2", "D2", "O", None, "O"
    ]  # fmt: skip


def test_types_in_bilou() -> None:
    _, (_, second, _) = instances(type_scheme="bilou")
    assert second["type_labels"].labels == [
        "B-Chemical", "E-Chemical", "O", "B-Disease", "E-Disease", "O", "S-Disease", "O"
    ]  # fmt: skip
    unknown = Document("d", "A b", mentions=[Mention("1", 0, 3, "", ("C1",))])
    _, (only,) = instances(unknown, type_scheme="bilou")
    assert only["type_labels"].labels == [None, None]


def test_mentions_have_types_and_concepts() -> None:
    _, (_, second, third) = instances(granularity="entity")
    assert second["spans"].tensor.tolist() == [[0, 1], [3, 4], [6, 6]]
    assert second["span_types"].labels == ["Chemical", "Disease", "Disease"]
    assert second["span_concepts"].labels == ["C1|C2", "D2", None]
    assert "concept_labels" not in second.fields
    assert third["spans"].tensor.tolist() == []


def test_what_labels_cannot_hold_is_counted_and_stays_gold() -> None:
    made, (first, second, third) = instances()
    assert made.losses["mentions nested in, crossing or repeating another"] == 1
    gold = [instance["metadata"].metadata for instance in (first, second, third)]
    assert [item for row in gold for item in row["gold_links"]] == [
        MentionLink(0, 6, "D1", "Disease"),
        MentionLink(17, 29, "C2", "Chemical"),
        MentionLink(17, 29, "C1", "Chemical"),
        MentionLink(37, 50, "D2", "Disease"),
        MentionLink(43, 50, "D3", "Disease"),
    ]
    assert sum(len(row["gold_entities"]) for row in gold) == len(DOCUMENT.mentions)
    assert gold[1]["num_labelled"] == {
        "mention_recognition": 8,
        "entity_typing": 8,
        "entity_linking": 7,
    }


def test_neighbours_of_one_concept_become_one_and_are_counted() -> None:
    text = "rash rash fever"
    document = Document(
        "d",
        text,
        mentions=[
            Mention("1", 0, 4, "Disease", ("D1",)),
            Mention("2", 5, 9, "Disease", ("D1",)),
            Mention("3", 10, 15, "Disease", ("D2",)),
        ],
    )
    made, _ = instances(document)
    assert (
        made.losses["mentions directly after a mention of the same concept were joined to it"] == 1
    )
    assert made.losses["mentions directly after a mention of the same type were joined to it"] == 2
    made, _ = instances(document, type_scheme="bilou")
    assert "mentions directly after a mention of the same type were joined to it" not in made.losses


@pytest.mark.parametrize("reach", [0, 1, 2])
def test_context_is_the_sentences_around(reach: int) -> None:
    document = Document("d", "A one. B two. C three. D four. E five.")
    _, views = instances(document, context_sentences=reach)
    for index, instance in enumerate(views):
        words = [token.text for token in instance["words"].tokens]
        around = range(max(0, index - reach), min(5, index + reach + 1))
        assert words == [word for i in around for word in own_words(views[i])]
        places = instance["target_words"].tensor.tolist()
        assert places == list(range(places[0], places[0] + 3))
        spans = instance["metadata"].metadata["word_spans"]
        assert [document.text[start:end] for start, end in spans] == own_words(instance)


@pytest.mark.parametrize("seed", range(10))
def test_sentences_are_joined_while_there_is_room(seed: int) -> None:
    rng = random.Random(seed)
    lengths = [rng.randint(1, 9) for _ in range(12)]
    document = Document("d", " ".join("Word " * (length - 1) + "word." for length in lengths))
    made, room = reader(joined_wordpieces=20, max_words=18, context_sentences=1), 18
    views: Any = made.document_to_instances(document)
    joined: List[List[int]] = []
    for length in lengths:
        if joined and sum(joined[-1]) + length + 1 <= room:
            joined[-1].append(length + 1)
        else:
            joined.append([length + 1])
    assert [len(own_words(instance)) for instance in views] == [sum(part) for part in joined]
    for instance, part in zip(views, joined, strict=True):
        numbers = [number for number, length in enumerate(part) for _ in range(length)]
        assert instance["sentences"].tensor.tolist() == numbers
    # The context is the joined sentences before and after.
    for index, instance in enumerate(views):
        around = views[max(0, index - 1) : index + 2]
        words = [token.text for token in instance["words"].tokens]
        assert words == [word for other in around for word in own_words(other)]


def test_joined_sentences_keep_all_labels() -> None:
    _, apart = instances()
    assert len(apart) == 3
    assert "sentences" not in apart[0].fields
    _, (whole,) = instances(joined_wordpieces=100)
    for name in ("mention_tags", "type_labels", "concept_labels"):
        assert whole[name].labels == [label for one in apart for label in one[name].labels]
    assert whole["metadata"]["gold_links"] == [
        item for one in apart for item in one["metadata"]["gold_links"]
    ]


def wordpieces(instance: Instance, indexer: PretrainedTransformerWordsIndexer) -> int:
    words = [token.text for token in instance["words"].tokens]  # type: ignore[attr-defined]
    return sum(indexer.wordpiece_counts(words)) + indexer.num_special_wordpieces


@pytest.mark.parametrize("seed", range(10))
def test_no_text_is_too_long_and_no_word_is_lost(seed: int) -> None:
    rng = random.Random(seed)
    indexer = PretrainedTransformerWordsIndexer("fixtures/encoders/tiny_bert")
    sentences = [" ".join(["lumenitis"] * rng.randint(1, 12)) + "." for _ in range(6)]
    document = Document("d", " ".join(sentences))
    made = EntityLinkingReader({"tokens": indexer}, max_wordpieces=24)
    views = made.document_to_instances(document, labelled=True)
    assert max(wordpieces(instance, indexer) for instance in views) <= 24
    found = [word for instance in views for word in own_words(instance)]
    assert found == document.text.replace(".", " .").split()
    long = sum(sum(indexer.wordpiece_counts([*s[:-1].split(), "."])) > 22 for s in sentences)
    assert made.losses["sentences longer than max_wordpieces were cut"] == long
    read = [len(instance["words"].tokens) for instance in views]  # type: ignore[attr-defined]
    whole = EntityLinkingReader({"tokens": indexer}, max_wordpieces=24, context_sentences=0)
    bare = [len(i["words"].tokens) for i in whole.document_to_instances(document)]  # type: ignore[attr-defined]
    assert sum(bare) == len(found) < sum(read)


def test_context_that_does_not_fit_is_left_out_from_its_far_ends_and_counted() -> None:
    document = Document("d", "One two three. Four five six. Seven eight nine.")
    made, (_, second, _) = instances(document, max_wordpieces=8)
    words = [token.text for token in second["words"].tokens]
    assert words == ["three", ".", "Four", "five", "six", ".", "Seven", "eight"]
    # There are four words before and four after, of which two each fit. The contexts of the other
    # sentences fit completely.
    assert made.losses["words of context did not fit into max_wordpieces"] == 4


def test_unlabelled_instances_have_no_labels_and_gold_does_not_decide_where_words_end() -> None:
    text = "Lithiuminduced tremor"
    document = Document("d", text, mentions=[mention("1", "Lithium", "Drug", text=text)])
    (instance,) = reader().document_to_instances(document)
    assert set(instance.fields) == {"words", "target_words", "metadata"}
    assert own_words(instance) == ["Lithiuminduced", "tremor"]


def test_given_spans_are_the_mentions_of_a_text_to_predict_from() -> None:
    made = reader(granularity="entity", span_source="archive")
    assert made.reads_mentions
    spans = [i["given_spans"].tensor.tolist() for i in made.document_to_instances(DOCUMENT)]  # type: ignore[attr-defined]
    assert spans == [[[0, 0]], [[0, 1], [3, 4], [4, 4], [6, 6]], []]
    with pytest.raises(ConfigurationError, match="mention_detector"):
        made.document_to_instances(DOCUMENT, labelled=True)


def test_a_given_mention_that_crosses_the_end_of_a_sentence_makes_it_one() -> None:
    text = "Given with vit. C. Then no tremor."
    document = Document(
        "d", text, sentences=[(0, 15), (16, 18), (19, 34)], mentions=[Mention("1", 11, 17, "C")]
    )
    made = reader(granularity="entity", span_source="archive")
    instances = made.document_to_instances(document)
    assert [own_words(instance)[-1] for instance in instances] == ["C.", "."]
    assert [i["given_spans"].tensor.tolist() for i in instances] == [[[2, 4]], []]
    assert len(reader().document_to_instances(document)) == 3


def test_given_spans_of_a_labelled_text_are_the_detectors(toy_archive: Path) -> None:
    made = reader(granularity="entity", span_source="archive", mention_detector=str(toy_archive))
    from allennlp.models import load_archive
    from allennlp.predictors import Predictor

    predictor: Any = Predictor.from_archive(load_archive(str(toy_archive)), "document")
    documents = [
        Document("a", "Two patients developed hepatitis while taking isoniazid. Both recovered."),
        Document("b", "Rash after lithium.", mentions=[Mention("1", 0, 4, "Effect", ("D1",))]),
    ]
    total = 0
    every = made.documents_to_instances(documents, labelled=True)
    for document, views in zip(documents, every, strict=True):
        (expected,) = predictor.predict_documents([document])
        found = [
            (spans[first][0], spans[last][1])
            for instance in views
            for spans in [instance["metadata"].metadata["word_spans"]]  # type: ignore[attr-defined]
            for first, last in instance["given_spans"].tensor.tolist()  # type: ignore[attr-defined]
        ]
        assert sorted(found) == sorted({m.span for m in expected.mentions})
        total += len(found)
    assert total > 0


@pytest.mark.parametrize(
    "options",
    [
        {"granularity": "word"},
        {"type_scheme": "bio"},
        {"span_source": "all"},
        {"context_sentences": -1},
        {"mention_detector": "x.tar.gz"},
        {"max_wordpieces": 0},
        {"joined_wordpieces": 0},
        {"joined_wordpieces": 129},
    ],
)
def test_an_impossible_setting_is_an_error(options: Any) -> None:
    with pytest.raises(ConfigurationError):
        reader(**options)


@pytest.mark.parametrize("granularity", ["token", "entity"])
def test_a_batch_of_instances_becomes_tensors(granularity: str) -> None:
    _, views = instances(granularity=granularity)
    batch = Batch(views)
    vocab = Vocabulary.from_instances(views)
    batch.index_instances(vocab)
    tensors = batch.as_tensor_dict()
    assert tensors["target_words"].shape == (3, 8)
    assert tensors["mention_tags"].shape == (3, 8)
    if granularity == "entity":
        assert tensors["spans"].shape == (3, 3, 2)
        assert tensors["span_concepts"].shape == (3, 3)


def test_it_is_built_from_a_config() -> None:
    params = {"type": "entity_linking", "token_indexers": {}, "corpus": {"type": "pubtator"}}
    assert isinstance(DatasetReader.from_params(Params(params)), EntityLinkingReader)


def test_medmentions_like_files(fixtures_folder: Path) -> None:
    path = fixtures_folder / "corpora/pubtator/medmentions_like.PubTator.txt"
    made = reader(corpus=PubtatorFormat())
    views = list(made.read(str(path)))
    labels = {
        name: {label for view in views for label in view[name].labels}  # type: ignore[attr-defined]
        for name in ("type_labels", "concept_labels")
    }
    assert labels["type_labels"] == {"O", "T116,T123", "T040", "T025"}
    assert labels["concept_labels"] == {"O", "C9000001", "C9000002", "C9000003|C9000004"}


def test_genuine_medmentions_sample(corpus_folder: Path) -> None:
    path = corpus_folder / "medmentions" / "sample_3docs.PubTator.txt"
    made = reader(corpus=PubtatorFormat())
    views = list(made.read(str(path)))
    links = [item for view in views for item in view["metadata"].metadata["gold_links"]]  # type: ignore[attr-defined]
    assert len(links) == 115
    # No prefix of the UMLS is left in ids, and no type is lost.
    assert all(item.concept_id.startswith("C") and item.type.startswith("T") for item in links)
    held = sum(
        label.startswith(("B-", "S-"))
        for view in views
        for label in view["mention_tags"].labels  # type: ignore[attr-defined]
    )
    assert held == 115 - sum(
        made.losses[reason]
        for reason in (
            "mentions nested in, crossing or repeating another",
            "mentions cross the end of their sentence",
            "mentions hold no word",
        )
    )


def test_official_split_of_medmentions_by_pmid(corpus_folder: Path) -> None:
    """The config's data paths, with the genuine sample in place of the whole corpus."""
    config = _jsonnet.evaluate_file(
        "training_config/multitask_entity_linker/paper/st21pv_pt_single.jsonnet"
    )
    folder = corpus_folder / "medmentions"
    found = {}
    for part in ("train", "validation", "test"):
        path = json.loads(config)[f"{part}_data_path"]
        path["file"] = str(folder / "sample_3docs.PubTator.txt")
        pmids = folder / Path(path["format"]["documents"]).name
        path["format"]["documents"] = str(pmids)
        try:
            found[part] = [document.id for document in reader().read_documents(path)]
        except CorpusError as error:
            assert "no document" in str(error)  # noqa: PT017 - a part may have none of the three
            found[part] = []
        assert set(found[part]) <= set(pmids.read_text().split())
    every = [id_ for ids in found.values() for id_ in ids]
    assert len(every) == len(set(every)) == 3


def test_sentences_derived_from_medmentions(corpus_folder: Path) -> None:
    """In 200 documents, all concepts become labels, and whatever is left out is counted."""
    path = corpus_folder / "medmentions" / "st21pv_train.sentences.jsonl.gz"
    if not path.exists():
        pytest.skip(f"{path} is absent")
    made = reader(max_wordpieces=10**6, max_words=10**6)
    num_mentions = num_labelled = 0
    for document in itertools.islice(SentenceJsonlFormat().read(path), 200):
        num_mentions += len(document.mentions)
        for view in made.document_to_instances(document, labelled=True):
            tags = view["mention_tags"].labels  # type: ignore[attr-defined]
            num_labelled += sum(tag.startswith(("B-", "S-")) for tag in tags)
            # Joined tokens are words of the corpus, and have the corpus's labels.
            assert len(tags) == len(view["concept_labels"].labels)  # type: ignore[attr-defined]
    lost = "mentions nested in, crossing or repeating another"
    assert num_labelled == num_mentions - made.losses[lost]
    assert made.losses[lost] <= 2
