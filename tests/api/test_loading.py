"""Models and pipelines in Python programs."""

import json
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
from allennlp.commands import main
from allennlp.common.checks import ConfigurationError

import bio_ie
from bio_ie.data.corpora import JsonlFormat
from bio_ie.files.failures import Failure
from bio_ie.text.document import Document
from tests.commands.command_server import ROOT

ARCHIVES = ROOT / "fixtures/archives"
JOINT = ARCHIVES / "joint_ner_re/model.tar.gz"
TEXT = "Severe rash was caused by amoxicillin. Fever went away."


@pytest.fixture(scope="module")
def model():
    return bio_ie.load(JOINT)


@pytest.mark.parametrize("system", ["joint_ner_re", "keci", "snerl", "multitask_entity_linker"])
def test_predictions_are_those_of_the_command(system, tmp_path, monkeypatch):
    # The archives name their knowledge bases by relative paths.
    for file in ARCHIVES.glob("*.sqlite*"):
        (tmp_path / file.name).symlink_to(file)
    monkeypatch.chdir(tmp_path)
    archive, inputs = ARCHIVES / system / "model.tar.gz", ARCHIVES / system / "inputs.jsonl"
    command = ["predict", str(archive), str(inputs), "--output-file", "out.jsonl", "--silent"]
    monkeypatch.setattr(sys, "argv", ["bio-ie", *command, "--predictor", "document"])
    main(prog="bio-ie")
    expected = list(JsonlFormat().read("out.jsonl"))
    values = [json.loads(line) for line in inputs.read_text().splitlines()]
    model = bio_ie.load(archive)
    assert list(model.pipe(values)) == expected
    assert any(document.mentions for document in expected)


def test_documents_of_a_pipeline_are_those_of_annotate(tmp_path):
    config = tmp_path / "pipeline.jsonnet"
    step = {"type": "archive", "name": "joint", "archive": str(JOINT)}
    config.write_text(json.dumps({"steps": [step]}))
    abstracts = ROOT / "fixtures/demo/abstracts.jsonl"
    bio_ie.annotate(config, abstracts, tmp_path / "out", shard_size=3)
    expected = list(bio_ie.read(tmp_path / "out", "annotated"))
    model = bio_ie.load(config)
    documents = list(model.pipe(bio_ie.read(abstracts)))
    assert [d.id for d in documents] == [d.id for d in expected]
    for document, other in zip(documents, expected, strict=True):
        # Other sentences share their batches, so the last digits of scores may differ.
        assert [m.span for m in document.mentions] == [m.span for m in other.mentions]
        assert all(mention.metadata == {"step": "joint"} for mention in document.mentions)


def test_everything_that_is_a_text_is_predicted(model):
    expected = model(TEXT)
    assert expected.text == TEXT
    assert expected.mentions
    same = [Document("1", TEXT), {"text": TEXT, "id": "1"}, expected]
    for document in [*(model(value) for value in same), *model.pipe(same)]:
        assert (document.mentions, document.relations) == (expected.mentions, expected.relations)
    (tokens,) = model.pipe([TEXT.split()])
    assert tokens.tokens[0] == (0, 6)
    assert [document.id for document in model.pipe([TEXT, TEXT])] == ["1", "2"]


def test_a_document_that_fails_is_an_error_or_left_out_or_kept(model):
    inputs = [TEXT, {"id": "bad", "text": 5}, TEXT]
    stream = model.pipe(inputs)
    assert next(stream).id == "1"
    with pytest.raises(bio_ie.PredictionError, match="document 'bad'") as raised:
        next(stream)
    assert raised.value.failure.id == "bad"
    assert [document.id for document in model.pipe(inputs, on_error="skip")] == ["1", "3"]
    kept = list(model.pipe(inputs, on_error="keep"))
    assert [isinstance(item, Failure) for item in kept] == [False, True, False]
    with pytest.raises(ConfigurationError, match="on_error must be one of raise, skip, keep"):
        model.pipe(inputs, on_error="ignore")


def test_threads_share_a_model(model):
    texts = [f"Rash number {number} was caused by amoxicillin." for number in range(24)]
    expected = [model(text) for text in texts]
    with ThreadPoolExecutor(6) as threads:
        assert list(threads.map(model, texts)) == expected


def test_inputs_of_a_stream_may_be_made_by_the_model_itself(model):
    expected = model(TEXT).mentions
    (document,) = model.pipe(model(text) for text in [TEXT])
    assert document.mentions == expected


@pytest.mark.parametrize(
    "settings, message",
    [
        ({"path": "no/model.tar.gz"}, "there is no archive and no pipeline no/model.tar.gz"),
        ({"device": "cuda:7"}, "device 'cuda:7' does not exist"),
        ({"device": 7}, "device 7 does not exist"),
        ({"device": "gpu"}, "device 'gpu': "),
        ({"batch_size": 0}, "batch_size must be positive, not 0"),
    ],
)
def test_wrong_settings_are_errors(settings, message):
    with pytest.raises(ConfigurationError, match=message):
        bio_ie.load(**{"path": JOINT, **settings})


def test_overrides_change_the_config():
    wrong = {"model.no_such_setting": 1}
    with pytest.raises(ConfigurationError, match="no_such_setting"):
        bio_ie.load(JOINT, overrides=wrong)


def test_a_model_says_where_it_is_from(model):
    assert repr(model) == f"<LoadedModel of {JOINT}>"
