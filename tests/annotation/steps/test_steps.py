import json
import shutil
import subprocess

import pytest
from allennlp.common import Params
from allennlp.common.checks import ConfigurationError
from allennlp.models import load_archive
from allennlp.predictors import Predictor

from bio_ie.annotation.merging import merged
from bio_ie.annotation.pipeline import Pipeline
from bio_ie.annotation.steps import AnnotationStep, ArchiveStep, CandidatesStep, DictionaryStep
from bio_ie.commands.link import link_from_args
from bio_ie.data.corpora import JsonlFormat
from bio_ie.files.failures import Failure
from bio_ie.knowledge.candidate_generators import ExactCandidateGenerator
from bio_ie.knowledge.knowledge_base_file import KnowledgeBaseError
from bio_ie.text.document import Document, Mention
from tests.knowledge.example_kb import write_example_kb

TYPES = {"Drug": ["Chemical"], "Disorder": ["Disease"]}
TEXTS = [
    "Seizures after methamphetamine (METH). METH was stopped.",
    "Nothing here.",
    "A common cold and toxicity of methamphetamine.",
]


@pytest.fixture
def kb(tmp_path):
    return write_example_kb(tmp_path / "kb.sqlite").path


@pytest.fixture
def documents():
    return [Document(str(number), text) for number, text in enumerate(TEXTS)]


def step_of(**config):
    return AnnotationStep.from_params(Params(config))


def test_every_step_is_tested_here():
    assert set(AnnotationStep.list_available()) == {"archive", "candidates", "dictionary"}


# dictionary


@pytest.mark.parametrize("options", [{}, {"types": TYPES}, {"nested": True}])
def test_dictionary_finds_what_link_finds(options, kb, documents, tmp_path, run_link):
    step = step_of(type="dictionary", kb=kb, **options)
    step.open()
    given = tmp_path / "given.jsonl"
    JsonlFormat().write(documents, given)
    assert step.annotate(documents) == run_link(given, kb, options)


@pytest.fixture
def run_link(tmp_path, monkeypatch, capsys):
    from bio_ie.commands.link import Link
    from bio_ie.commands.parser import main_parser

    def run(given, kb, options):
        output = tmp_path / "linked.jsonl"
        arguments = ["link", given, "--from", "jsonl", "--kb", kb, "--output", output]
        if "types" in options:
            arguments += ["--types", json.dumps(options["types"]), "-k", "1"]
        arguments += ["--nested"] if options.get("nested") else []
        parser, subparsers = main_parser()
        Link().add_subparser(subparsers)
        link_from_args(parser.parse_args([str(argument) for argument in arguments]))
        return list(JsonlFormat().read(output))

    return run


def test_dictionary_passes_failures_on(kb, documents):
    failure = Failure("9", "unreadable")
    step = step_of(type="dictionary", kb=kb)
    found = step.annotate([documents[0], failure, documents[2]])
    assert found[1] is failure
    assert found[0].mentions
    assert found[2].mentions


def test_missing_knowledge_base_is_found_before_anything_is_annotated(tmp_path):
    step = step_of(type="dictionary", kb=str(tmp_path / "none.sqlite"))
    with pytest.raises(KnowledgeBaseError, match=r"none\.sqlite"):
        step.files()


# candidates


def test_candidates_link_mentions_that_have_no_concepts(kb):
    document = Document(
        "1",
        TEXTS[0],
        mentions=(
            Mention("T1", 0, 8, "Disorder"),
            Mention("T2", 15, 30, "Drug", ("Y:1",), score=0.25),
            Mention("T3", 9, 14, "Drug"),
        ),
    )
    step = step_of(type="candidates", generator={"type": "exact", "kb": {"path": kb}})
    assert step.files() == [kb]
    step.open()
    (found,) = step.annotate([document])
    assert [mention.concept_ids for mention in found.mentions] == [("X:03",), ("Y:1",), ()]
    result, added = merged(document, found, "links")
    assert result.mentions[0].metadata == {"linked_by": "links", "link_score": 1.0}
    assert result.mentions[1:] == document.mentions[1:]
    assert added["links"] == 1


def test_candidates_with_low_scores_are_no_links(kb, monkeypatch):
    generator = ExactCandidateGenerator.from_params(Params({"kb": {"path": kb}}))
    document = Document("1", TEXTS[0], mentions=(Mention("T1", 0, 8, "Disorder"),))
    (found,) = CandidatesStep(generator, min_score=1.1).annotate([document])
    assert found.mentions[0].concept_ids == ()


# archive


def test_archive_gives_what_the_predictor_gives(toy_archive, fixtures_folder):
    documents = list(JsonlFormat().read(fixtures_folder / "demo" / "abstracts.jsonl"))
    step = step_of(type="archive", archive=str(toy_archive))
    step.open()
    predictor = Predictor.from_archive(load_archive(str(toy_archive)), "document")
    predicted = list(predictor.predict_documents(documents))
    assert step.annotate(documents) == predicted
    assert any(document.mentions for document in predicted)
    (first, *_) = Pipeline([step])(documents).items
    assert [m.span for m in first.mentions] == [m.span for m in predicted[0].mentions]
    assert {m.metadata["step"] for m in first.mentions} == {"archive"}


def test_contract_of_an_archive_is_that_of_its_model(toy_archive, fixtures_folder, monkeypatch):
    monkeypatch.chdir(fixtures_folder / "archives")  # where the knowledge base of SNERL is
    joint = ArchiveStep(str(toy_archive))
    joint.open()
    assert joint.needs == frozenset()
    assert {"mentions", "relations"} <= joint.gives
    snerl = ArchiveStep(str(fixtures_folder / "archives/snerl/model.tar.gz"), name="snerl")
    with pytest.raises(ConfigurationError, match="step 1, 'snerl', needs mentions"):
        Pipeline([snerl]).open()
    assert snerl.needs == {"mentions"}
    assert {"concepts", "facts"} <= snerl.gives
    Pipeline([DictionaryStep("facts.sqlite"), snerl]).open()


def test_files_of_an_archive_are_those_that_its_reader_names(fixtures_folder, monkeypatch):
    monkeypatch.chdir(fixtures_folder / "archives")
    assert ArchiveStep("snerl/model.tar.gz").files() == ["snerl/model.tar.gz", "facts.sqlite"]


def test_archive_can_be_loaded_with_other_settings(fixtures_folder, tmp_path):
    kb = tmp_path / "moved.sqlite"
    shutil.copy(fixtures_folder / "archives/facts.sqlite", kb)
    shutil.copytree(fixtures_folder / "archives/facts.sqlite.tfidf", f"{kb}.tfidf")
    config = json.loads(
        subprocess.run(
            ["tar", "xzOf", fixtures_folder / "archives/snerl/model.tar.gz", "config.json"],
            capture_output=True,
            check=True,
        ).stdout
    )
    reader = json.loads(json.dumps(config["dataset_reader"]).replace("facts.sqlite", str(kb)))
    overrides = {"dataset_reader": reader, "validation_dataset_reader": reader}
    step = ArchiveStep(str(fixtures_folder / "archives/snerl/model.tar.gz"), overrides=overrides)
    assert step.files()[1:] == [str(kb)]
    step.open()


def test_knowledge_base_of_an_archive_is_looked_for_at_the_start(fixtures_folder):
    step = ArchiveStep(str(fixtures_folder / "archives/snerl/model.tar.gz"))
    with pytest.raises(KnowledgeBaseError, match=r"facts\.sqlite"):
        step.open()


def test_missing_archive_is_found_before_anything_is_loaded(tmp_path):
    step = ArchiveStep(str(tmp_path / "model.tar.gz"), name="ner")
    with pytest.raises(ConfigurationError, match="step 'ner': there is no archive"):
        step.files()


@pytest.mark.parametrize(
    "settings, message",
    [({"batch_size": 0}, "batch_size must be positive"), ({"name": " "}, "must not be empty")],
)
def test_wrong_settings_are_errors(settings, message):
    with pytest.raises(ConfigurationError, match=message):
        ArchiveStep("x", **settings)
