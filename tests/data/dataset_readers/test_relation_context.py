import json
import logging
from collections import Counter
from pathlib import Path

import _jsonnet
import pytest
import torch.distributed as dist
from allennlp.common import Params, util
from allennlp.common.checks import ConfigurationError
from allennlp.data import DatasetReader, Vocabulary
from allennlp.data.data_loaders import MultiProcessDataLoader
from allennlp.data.dataset_readers.dataset_reader import DistributedInfo, WorkerInfo

from bio_ie.data.corpora import BlindedTsvFormat, PubtatorFormat
from bio_ie.data.dataset_readers import RelationContextReader
from bio_ie.data.pairs.pair_sentences import PairSentencesFormat
from bio_ie.text.document import Document, Mention, Relation

TEXT = "Zelorvine-induced lumenitis resolved. Carbatrol, TARM2 and zelorvine cause nausea."
MENTIONS = [
    Mention("1", 0, 9, "Drug", ("D1",)),
    Mention("2", 18, 27, "Disease", ("D2",)),
    Mention("3", 38, 47, "Drug", ("D3",)),
    Mention("4", 49, 54, "Gene"),
    Mention("5", 59, 68, "Drug", ("D1",)),
    Mention("6", 75, 81, "Disease", ("D4", "D0")),
]
DOCUMENT = Document(
    "d",
    TEXT,
    mentions=MENTIONS,
    relations=[
        Relation("causes", "1", "2"),
        Relation("causes", "3", "6"),
        Relation("with", "5", "3", directed=False),
        Relation("worsens", "3", "6"),
    ],
)


def words(instance):
    return [token.text for token in instance["tokens"].tokens]


def entities(instance):
    return tuple(token.text for token in instance["entities"].tokens)


def written(document, path):
    path.write_text(json.dumps(document.to_json()) + "\n", encoding="utf-8")
    return str(path)


def read(path, **settings):
    reader = RelationContextReader(**settings)
    return reader, list(reader.read(path))


@pytest.fixture
def corpus(tmp_path):
    return written(DOCUMENT, tmp_path / "corpus.jsonl")


@pytest.fixture
def pair_sentences(fixtures_folder):
    return str(fixtures_folder / "corpora/pair_sentences/sentences.jsonl")


def test_two_mentions_become_two_tokens_and_the_word_that_one_ends_in_is_cut(corpus):
    _, (first, *_) = read(corpus)
    assert words(first) == ["<ENT>", "-induced", "<ENT>", "resolved", "."]
    assert entities(first) == ("Drug", "Disease")
    assert "label" not in first.fields


@pytest.mark.parametrize("arguments", ["hidden", "typed", "marked"])
def test_arguments_are_shown_and_found(corpus, arguments):
    _, instances = read(corpus, arguments=arguments)
    for instance in instances:
        tokens, types = words(instance), instance["metadata"]["types"]
        if arguments == "hidden":
            assert "places" not in instance.fields
            assert tokens.count("<ENT>") == 2
            continue
        places = instance["places"].tensor.tolist()
        assert [tokens[place] for place in places] == [f"<{type_}>" for type_ in types]
        if arguments == "marked":
            for place, type_, name in zip(
                places, types, instance["metadata"]["mentions"], strict=True
            ):
                end = tokens.index(f"</{type_}>", place)
                assert " ".join(tokens[place + 1 : end]) == name


def test_a_sentence_of_four_entities_gives_six_instances_in_the_order_of_the_text(corpus):
    _, (_, *second) = read(corpus)
    assert [entities(instance) for instance in second] == [
        ("Drug", "Gene"), ("Drug", "Drug"), ("Drug", "Disease"),
        ("Gene", "Drug"), ("Gene", "Disease"), ("Drug", "Disease"),
    ]  # fmt: skip
    assert words(second[0]) == ["<ENT>", ",", "<ENT>", "and", "zelorvine", "cause", "nausea", "."]
    for instance in second:
        assert words(instance).count("<ENT>") == 2


def test_metadata_say_where_both_are(corpus):
    _, instances = read(corpus)
    metadata = instances[-1]["metadata"].metadata
    assert metadata == {
        "document_id": "d",
        "sentence": TEXT[38:],
        "spans": [(59, 68), (75, 81)],
        "mention_ids": ["5", "6"],
        "mentions": ["zelorvine", "nausea"],
        "types": ["Drug", "Disease"],
        "identifiers": ["D1", "D0|D4"],
        "is_padding": False,
    }


def test_labels_are_relations_in_whichever_direction(corpus):
    reader, instances = read(corpus, label="relation")
    assert [instance["label"].label for instance in instances] == [
        "causes", "NO-RELATION", "with", "causes", "NO-RELATION", "NO-RELATION", "NO-RELATION"
    ]  # fmt: skip
    assert instances[0]["metadata"].metadata["label"] == "causes"
    assert reader.losses["further labels of a pair of entities"] == 1
    (first, *_) = RelationContextReader(label="relation").document_to_instances(DOCUMENT)
    assert "label" not in first.fields


def test_identifiers_and_what_has_none(corpus):
    reader, instances = read(corpus, entities="identifiers")
    assert [entities(instance) for instance in instances] == [
        ("D1", "D2"), ("D3", "D1"), ("D3", "D0|D4"), ("D1", "D0|D4")
    ]  # fmt: skip
    assert reader.losses["pairs with an entity without identifier"] == 3
    # In prediction, such pairs are kept. The empty name is an unknown name.
    predicted = RelationContextReader(entities="identifiers").document_to_instances(DOCUMENT)
    assert len(predicted) == 7
    assert ("D3", "") in map(entities, predicted)


def test_long_sentences_are_left_out_or_kept_but_never_cut(corpus):
    reader, instances = read(corpus, max_length=7)
    assert len(instances) == 1
    assert reader.losses["sentences longer than max_length were left out"] == 1
    _, everything = read(corpus, max_length=None)
    assert len(everything) == 7
    assert len(RelationContextReader(max_length=3).document_to_instances(DOCUMENT)) == 7


def test_pairs_of_a_sentence_are_limited_by_the_same_choice_every_time(corpus):
    reader, instances = read(corpus, max_pairs_per_sentence=2)
    assert len(instances) == 3
    assert reader.losses["pairs beyond max_pairs_per_sentence were left out"] == 4
    chosen = [instance["metadata"]["mention_ids"] for instance in instances]
    _, again = read(corpus, max_pairs_per_sentence=2)
    assert [instance["metadata"]["mention_ids"] for instance in again] == chosen
    assert chosen[1:] == sorted(chosen[1:])


def test_sentences_of_excluded_corpora_are_left_out_or_counted(corpus, tmp_path):
    blinded = tmp_path / "gad.tsv"
    blinded.write_text("Carbatrol, @GENE$ and zelorvine cause @DISEASE$.\t1\n")
    exclude = [{"file": str(blinded), "format": "blinded_tsv"}]
    reader, instances = read(corpus, exclude=exclude)
    assert len(instances) == 1
    assert reader.losses["sentences of excluded corpora were left out"] == 1
    reader, instances = read(corpus, exclude=exclude, transductive=True)
    assert len(instances) == 7
    assert reader.losses["sentences of excluded corpora were kept (transductive)"] == 1


def test_pair_sentences_exclude_too(pair_sentences, tmp_path):
    known = written(Document("d", "Renal failure after @CHEMICAL$; carbatrol was stopped."),
                    tmp_path / "known.jsonl")  # fmt: skip
    exclude = [{"file": known, "format": "jsonl"}]
    reader, instances = read(pair_sentences, corpus=PairSentencesFormat(), exclude=exclude)
    assert {i["metadata"]["document_id"] for i in instances} == {"940001:0", "940001:24"}
    assert reader.losses["sentences of excluded corpora were left out"] == 1


def test_blinded_sentences_give_one_instance_each(fixtures_folder):
    folder = fixtures_folder / "corpora/blinded_tsv"
    settings = {"corpus": BlindedTsvFormat(), "label": "relation", "max_length": None}
    _, instances = read(str(folder / "train.tsv"), **settings)
    assert [words(instance) for instance in instances] == [
        ["Variants", "of", "<ENT>", "were", "frequent", "in", "<ENT>", "families", "."],
        ["<ENT>", "did", "not", "depend", "on", "<ENT>", "here", "."],
        # The nearer of two places is blinded.
        ["Both", "@GENE$", "copies", ",", "and", "<ENT>", "dose", ",", "drive", "<ENT>", "."],
    ]
    assert [entities(instance) for instance in instances] == [
        ("GENE", "DISEASE"), ("DISEASE", "GENE"), ("GENE", "DISEASE")
    ]  # fmt: skip
    labels = [instance["label"].label for instance in instances]
    assert labels == ["association", "NO-RELATION", "association"]


@pytest.mark.parametrize("name, number", [("GAD", 5330), ("euadr", 355)])
def test_gad_and_euadr_have_one_instance_a_sentence(name, number, corpus_folder):
    settings = {"corpus": BlindedTsvFormat(), "label": "relation", "max_length": None}
    reader, instances = read(f"{corpus_folder}/gad_euadr/{name}/3/*.tsv", **settings)
    assert len(instances) == number
    assert not +reader.losses
    for instance in instances:
        assert words(instance).count("<ENT>") == 2
        assert set(entities(instance)) == {"GENE", "DISEASE"}


def test_any_corpus_with_mentions_and_any_data_path(fixtures_folder):
    path = fixtures_folder / "corpora/pubtator/cdr_like.PubTator.txt"
    _, instances = read(str(path), corpus=PubtatorFormat())
    assert instances
    other = {"file": str(path), "format": "pubtator"}
    _, same = read(other)
    assert list(map(words, same)) == list(map(words, instances))


def test_pair_sentences_are_read_fast_and_as_any_corpus(pair_sentences):
    corpus = PairSentencesFormat()
    fast = RelationContextReader(corpus=corpus, entities="identifiers")
    instances = list(fast.read(pair_sentences))
    assert [entities(instance) for instance in instances] == [
        ("MESH:D900101", "MESH:D900202"), ("MESH:D900101", "MESH:C900103"),
        ("MESH:D900101", "MESH:D900202"), ("MESH:C900103", "MESH:D900202"),
        ("MESH:D900203", "MESH:C900103"),
    ]  # fmt: skip
    assert instances[0]["metadata"]["spans"] == [(0, 9), (17, 31)]
    slow = [
        instance
        for document in corpus.read(pair_sentences)
        for instance in RelationContextReader(entities="identifiers").document_to_instances(
            document
        )
        if all(entities(instance))
    ]
    assert list(map(words, slow)) == list(map(words, instances))
    with pytest.raises(ConfigurationError, match="have no labels"):
        read(pair_sentences, corpus=corpus, label="relation")


@pytest.mark.parametrize("world_size", [1, 3])
@pytest.mark.parametrize("num_workers", [0, 2])
@pytest.mark.parametrize("max_instances", [None, 4])
def test_each_instance_is_read_once_by_all_processes_together(
    pair_sentences, world_size, num_workers, max_instances
):
    def keys(rank=0, size=1, worker=0, workers=0):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(util, "is_distributed", lambda: size > 1)
            patch.setattr(dist, "get_rank", lambda: rank)
            patch.setattr(dist, "get_world_size", lambda: size)
            reader = RelationContextReader(
                corpus=PairSentencesFormat(), max_instances=max_instances
            )
            if workers:
                reader._set_worker_info(WorkerInfo(workers, worker))
                if size > 1:
                    reader._set_distributed_info(DistributedInfo(size, rank))
            return [
                (i["metadata"]["document_id"], tuple(i["metadata"]["spans"]))
                for i in reader.read(pair_sentences)
                if not i["metadata"]["is_padding"]
            ]

    found = Counter(
        key
        for rank in range(world_size)
        for worker in range(num_workers or 1)
        for key in keys(rank, world_size, worker, num_workers)
    )
    assert found == Counter(keys())
    assert set(found.values()) == {1}


def test_a_streaming_loader_with_workers_gives_every_instance(pair_sentences):
    reader = RelationContextReader(corpus=PairSentencesFormat())
    vocabulary = Vocabulary.from_instances(reader.read(pair_sentences))
    assert vocabulary.get_token_index("<ent>", "tokens") == 2  # the most frequent one
    assert vocabulary.get_vocab_size("entities") == 3 + 2
    loader = MultiProcessDataLoader(
        reader, pair_sentences, batch_size=2, num_workers=2, max_instances_in_memory=4, quiet=True
    )
    loader.index_with(vocabulary)
    batches = list(loader)
    assert sum(len(batch["metadata"]) for batch in batches) == 8
    for batch in batches:
        assert batch["entities"]["entities"]["tokens"].shape[1] == 2
        assert ((batch["tokens"]["tokens"]["tokens"] == 2).sum(-1) == 2).all()


def test_reading_keeps_nothing_of_what_it_has_read(tmp_path):
    path = tmp_path / "many.jsonl"
    line = '{"id":"%d","words":["a","b","c"],"entities":[[0,1,"T"],[2,3,"U"]]}\n'
    path.write_text("".join(line % number for number in range(500)))
    reader = RelationContextReader(corpus=PairSentencesFormat())
    before = set(vars(reader))
    instances = reader.read(str(path))
    next(iter(instances))
    assert sum(1 for _ in instances) == 499
    assert set(vars(reader)) == before


def test_what_is_left_out_is_logged(corpus, caplog):
    with caplog.at_level(logging.WARNING):
        read(corpus, max_length=7)
    assert "1 sentence longer than max_length was left out" in caplog.text


@pytest.mark.parametrize(
    "settings, message",
    [
        ({"entities": "names"}, "entities must be"),
        ({"label": "fact"}, "label must be"),
        ({"max_length": 0}, "max_length must be positive"),
        ({"max_pairs_per_sentence": 0}, "max_pairs_per_sentence must be positive"),
        ({"transductive": True}, "transductive is about"),
    ],
)
def test_an_impossible_setting_is_an_error(settings, message):
    with pytest.raises(ConfigurationError, match=message):
        RelationContextReader(**settings)


def test_reader_comes_from_a_config(corpus, fixtures_folder):
    params = Params(
        {
            "type": "relation_context",
            "token_indexers": {"tokens": {"type": "single_id"}},
            "entity_indexers": {"entities": {"type": "single_id", "namespace": "entities"}},
            "corpus": {"type": "jsonl"},
            "tokenizer": {"type": "scispacy_rules", "split_signs": "-"},
            "exclude": [
                {
                    "file": str(fixtures_folder / "corpora/blinded_tsv/*.tsv"),
                    "format": {"type": "blinded_tsv"},
                }
            ],
        }
    )
    reader = DatasetReader.from_params(params)
    instances = list(reader.read(corpus))
    assert words(instances[0]) == ["<ENT>", "-", "induced", "<ENT>", "resolved", "."]
    assert len(instances) == 7


def libsonnet(expression):
    folder = Path(__file__).parents[3] / "training_config"
    snippet = f"local c = import 'lib/relvm/corpora.libsonnet'; {expression}"
    return json.loads(_jsonnet.evaluate_snippet(str(folder / "snippet.jsonnet"), snippet))


def test_readers_of_the_configs_give_the_same_words(pair_sentences, fixtures_folder):
    unlabelled = libsonnet("c.unlabelled()")
    assert len(unlabelled["exclude"]) == 2
    assert libsonnet("c.unlabelled(true)")["transductive"] is True
    unlabelled["exclude"][0]["file"] = str(fixtures_folder / "corpora/blinded_tsv/*.tsv")
    del unlabelled["exclude"][1]
    reader = DatasetReader.from_params(Params(unlabelled))
    assert len(list(reader.read(pair_sentences))) == 8
    labelled = DatasetReader.from_params(Params(libsonnet("c.labelled")))
    (first, *_) = labelled.read(str(fixtures_folder / "corpora/blinded_tsv/train.tsv"))
    assert first["label"].label == "association"


def test_folds_have_test_sentences_of_their_own(corpus_folder):
    for name in ("gad", "euadr"):
        folds = [libsonnet(f"c.{name}({number})") for number in range(1, 11)]
        tests = set()
        for fold in folds:
            train, test = (
                {
                    document.text
                    for document in BlindedTsvFormat().read(
                        corpus_folder / fold[part].removeprefix("data/")
                    )
                }
                for part in ("train", "test")
            )
            assert len(train) > 5 * len(test)
            tests.add(frozenset(test))
        assert len(tests) == 10
