import json

import pytest
from allennlp.common.checks import ConfigurationError

from bio_ie.annotation.pipeline import Pipeline, build_pipeline, read_pipeline
from bio_ie.files.failures import Failure
from bio_ie.text.document import Document, Mention
from tests.annotation.fake_steps import CapitalWords, LowerLinks

DOCUMENTS = [
    Document("1", "Rash after Aspirin."),
    Document("2", "A bad text."),
    Document("3", "no"),
]


def test_steps_add_to_what_earlier_steps_gave():
    found = Pipeline([CapitalWords(), LowerLinks("links")])(DOCUMENTS)
    first, second, third = found.items
    assert [(first.text_of(m), m.concept_ids) for m in first.mentions] == [
        ("Rash", ("rash",)),
        ("Aspirin", ("aspirin",)),
    ]
    assert first.mentions[0].metadata == {"step": "words", "linked_by": "links"}
    assert second == Failure("2", "step 'words': a bad text")
    assert third.mentions == ()
    assert found.added["words"]["mentions"] == 2
    assert found.added["links"] == {"mentions": 0, "links": 2, "relations": 0, "facts": 0}
    assert found.seconds.keys() == {"words", "links"}


def test_failures_pass_through():
    failure = Failure("0", "unreadable")
    assert Pipeline([CapitalWords()])([failure]).items == [failure]


def test_annotations_of_the_input_are_dropped_unless_they_are_asked_for():
    given = [Document("1", "Rash.", mentions=(Mention("G", 1, 2, "Gold"),))]
    (bare,) = Pipeline([CapitalWords()])(given).items
    assert [m.type for m in bare.mentions] == ["Word"]
    (kept,) = Pipeline([CapitalWords()], keep_annotations=True)(given).items
    assert [(m.id, m.type) for m in kept.mentions] == [("G", "Gold"), ("T1", "Word")]


def test_step_that_lacks_what_it_needs_is_an_error_that_says_what_to_do():
    with pytest.raises(ConfigurationError, match=r"step 1, 'links', needs mentions.*'dictionary'"):
        Pipeline([LowerLinks("links"), CapitalWords()]).open()
    Pipeline([CapitalWords(), LowerLinks("links")]).open()
    Pipeline([LowerLinks("links")], keep_annotations=True).open()


def test_steps_need_names_of_their_own():
    with pytest.raises(ConfigurationError, match="2 steps are called 'words'"):
        Pipeline([CapitalWords(), CapitalWords()])
    with pytest.raises(ConfigurationError, match="at least one step"):
        Pipeline([])


def test_archive_is_a_pipeline(toy_archive):
    config = read_pipeline(str(toy_archive))
    assert config == {"steps": [{"type": "archive", "archive": str(toy_archive)}]}
    assert read_pipeline(str(toy_archive.parent)) == {
        "steps": [{"type": "archive", "archive": str(toy_archive.parent)}]
    }
    (step,) = build_pipeline(config).steps
    assert step.name == "archive"


def test_jsonnet_is_evaluated_and_overridden(tmp_path):
    path = tmp_path / "pipeline.jsonnet"
    path.write_text("local kb = 'kb.sqlite'; { steps: [{ type: 'dictionary', kb: kb }] }")
    config = read_pipeline(str(path), json.dumps({"steps.0.nested": True}))
    assert config == {"steps": [{"type": "dictionary", "kb": "kb.sqlite", "nested": True}]}


@pytest.mark.parametrize(
    "config, message",
    [
        ({}, "has no 'steps'"),
        ({"steps": [{"type": "archiv", "archive": "x"}]}, "did you mean 'archive'"),
        ({"steps": [{"type": "archive", "arhive": "x"}]}, "did you mean 'archive'"),
        ({"steps": [{"type": "archive", "archive": 3}]}, "must be a string"),
        ({"steps": {"type": "archive"}}, "must be a list"),
        ({"steps": [], "keep_annotation": True}, "did you mean 'keep_annotations'"),
    ],
)
def test_wrong_configs_are_errors(config, message, tmp_path):
    path = tmp_path / "pipeline.json"
    path.write_text(json.dumps(config))
    with pytest.raises(ConfigurationError, match=message):
        read_pipeline(str(path))


def test_missing_pipeline_is_an_error(tmp_path):
    with pytest.raises(ConfigurationError, match="there is no pipeline and no archive"):
        read_pipeline(str(tmp_path / "none.jsonnet"))
