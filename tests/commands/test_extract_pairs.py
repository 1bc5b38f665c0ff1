"""`extract-pairs`, with and without a classifier of ambiguous names."""

import json
from functools import partial

import pytest
from allennlp.commands.train import train_model
from allennlp.common import Params

from bio_ie.data.pairs.pair_sentences import PairSentencesFormat
from bio_ie.predictors.type_classifier import TypeClassifier
from tests.knowledge.test_typed_dictionary import CONCEPTS, TYPES, write_example_kb

TEXT = "Methamphetamine causes epilepsy. Amfetamine and seizures in a mouse. A cat had epilepsy."


@pytest.fixture
def kb(tmp_path):
    return write_example_kb(tmp_path / "kb.sqlite", CONCEPTS).path


@pytest.fixture
def texts(tmp_path):
    path = tmp_path / "texts.jsonl"
    lines = [{"id": str(number), "title": "A cold.", "abstract": TEXT} for number in range(3)]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return path


@pytest.fixture
def run(run):
    return partial(run, "extract-pairs")


def identifiers(path):
    sentences = PairSentencesFormat().sentences(str(path))
    return [[mention.identifier for mention in sentence.mentions] for sentence in sentences]


@pytest.mark.parametrize("name", ["pairs.jsonl", "pairs.jsonl.gz"])
def test_names_of_a_knowledge_base(run, kb, texts, tmp_path, name):
    output = tmp_path / name
    status, out, _ = run(texts, "--kb", kb, "--types", json.dumps(TYPES), "--output", output)
    assert status == 0
    assert identifiers(output) == [["X:01", "X:04"]] * 3
    assert f"wrote {output}" in out
    assert "3 documents, 12 sentences, 3 of them with a pair of entities; 3 pairs" in out
    assert "CHEMICAL-DISEASE: 3 pairs" in out
    assert "names of several types were left out" in out


def test_some_documents_are_held_out(run, kb, tmp_path):
    texts = tmp_path / "texts.jsonl"
    lines = [{"id": f"a:{number}", "text": f"{TEXT} {TEXT}"} for number in range(400)]
    texts.write_text("".join(json.dumps(line) + "\n" for line in lines))
    arguments = [texts, "--kb", kb, "--types", json.dumps(TYPES)]
    train, validation, all_ = (tmp_path / f"{name}.jsonl" for name in ("train", "held", "all"))
    parts = ["--output", train, "--validation", validation]

    assert run(*arguments, "--output", all_)[0] == 0
    status, out, _ = run(*arguments, *parts, "--validation-share", 0.25)

    assert status == 0
    of_train, of_validation, of_all = (
        [sentence.id for sentence in PairSentencesFormat().sentences(str(path))]
        for path in (train, validation, all_)
    )
    assert f"{validation}: {len(of_validation)} sentences" in out
    assert sorted(of_train + of_validation) == sorted(of_all)
    train_documents, validation_documents = (
        {id_.rpartition(":")[0] for id_ in ids} for ids in (of_train, of_validation)
    )
    assert train_documents.isdisjoint(validation_documents)
    # The tolerance is four standard deviations of a binomial distribution.
    assert abs(len(validation_documents) - 100) < 35

    # The result of a document does not depend on the documents around it.
    texts.write_text("".join(json.dumps(line) + "\n" for line in lines[:9:-1]))
    assert run(*arguments, *parts, "--validation-share", 0.25)[0] == 0
    again = {s.id.rpartition(":")[0] for s in PairSentencesFormat().sentences(str(validation))}
    assert again == validation_documents - {f"a:{number}" for number in range(10)}


def test_annotated_mentions_need_no_knowledge_base(run, tmp_path, fixtures_folder):
    output = tmp_path / "pairs.jsonl"
    corpus = fixtures_folder / "corpora/pubtator/cdr_like.PubTator.txt"
    status, _, _ = run(corpus, "--from", "pubtator", "--annotated", "--output", output)
    assert status == 0
    assert any(identifier.startswith("MESH:") for ids in identifiers(output) for identifier in ids)


def test_mentions_of_a_model(run, tmp_path, toy_archive, fixtures_folder):
    output = tmp_path / "pairs.jsonl"
    corpus = fixtures_folder / "demo/validation.jsonl"
    status, out, _ = run(corpus, "--archive", toy_archive, "--output", output)
    assert status == 0
    assert "67 documents" in out


def test_a_classifier_is_trained_by_a_config_and_asked(run, kb, texts, tmp_path):
    config = {
        "dataset_reader": {
            "type": "dictionary_types",
            "token_indexers": {"tokens": {"type": "single_id", "lowercase_tokens": True}},
            "kb": {"path": kb},
            "types": TYPES,
        },
        "train_data_path": str(texts),
        "model": {
            "type": "basic_classifier",
            "text_field_embedder": {
                "token_embedders": {"tokens": {"type": "embedding", "embedding_dim": 4}}
            },
            "seq2vec_encoder": {
                "type": "lstm", "input_size": 4, "hidden_size": 3, "bidirectional": True
            },
        },
        "data_loader": {"batch_size": 4},
        "trainer": {"num_epochs": 1, "optimizer": "adam", "cuda_device": -1},
    }  # fmt: skip
    train_model(Params(config), str(tmp_path / "run"))
    archive = tmp_path / "run/model.tar.gz"
    classifier = TypeClassifier(str(archive), batch_size=1)
    text = "A cat had seizures."
    names = [(text, (2, 5)), (text, (10, 18))]
    probabilities = classifier.probabilities(names)
    for item in probabilities:
        assert set(item) == {"CHEMICAL", "DISEASE", "OTHER"}
        assert sum(item.values()) == pytest.approx(1, abs=1e-5)
    together = TypeClassifier(str(archive)).probabilities(names)
    for alone, batched in zip(probabilities, together, strict=True):
        assert alone == pytest.approx(batched, abs=1e-5)

    output = tmp_path / "pairs.jsonl"
    arguments = [texts, "--kb", kb, "--types", json.dumps(TYPES), "--output", output]
    status, out, _ = run(*arguments, "--type-classifier", archive)
    assert status == 0
    assert "names of several types were taken for" in out
    assert len(identifiers(output)) > 3


def test_another_archive_is_no_classifier(run, kb, texts, tmp_path, toy_archive):
    status, _, err = run(
        texts, "--kb", kb, "--type-classifier", toy_archive, "--output", tmp_path / "x.jsonl"
    )
    assert status == 1
    assert "was not trained on dictionary_types" in err
    assert not (tmp_path / "x.jsonl").exists()


@pytest.mark.parametrize(
    "arguments, message",
    [
        ([], "--kb, --archive or --annotated is needed"),
        (["--annotated", "--types", "{}"], "--types needs --kb"),
        (["--kb", "KB", "--types", "[]"], "must be a JSON object"),
        (["--kb", "KB", "--types", "{"], "not valid JSON"),
        (["--kb", "KB", "--types", '{"T": []}'], "semantic types"),
        (["--kb", "nowhere.sqlite"], "nowhere.sqlite"),
        (["--kb", "KB", "--validation-share", "0.1"], "--validation-share needs --validation"),
        (["--kb", "KB", "--validation", "OUTPUT"], "the same file"),
        (["--kb", "KB", "--validation", "v", "--validation-share", "1"], "between 0 and 1"),
    ],
)
def test_wrong_arguments_are_errors_and_leave_nothing(run, kb, texts, tmp_path, arguments, message):
    output = tmp_path / "x.jsonl"
    stand_for = {"KB": kb, "OUTPUT": output}
    arguments = [stand_for.get(argument, argument) for argument in arguments]
    status, _, err = run(texts, *arguments, "--output", output)
    assert status == 1
    assert message in err
    assert not output.exists()
