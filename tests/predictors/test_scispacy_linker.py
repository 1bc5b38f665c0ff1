"""scispaCy's linker, with a knowledge base and a pipeline that this test makes."""

import json
import sys
from types import SimpleNamespace

import pytest
import spacy
from allennlp.commands import main
from allennlp.common.checks import ConfigurationError

import bio_ie  # noqa: F401 - registers the command
from bio_ie.commands import link_scispacy
from bio_ie.predictors import Failure
from bio_ie.predictors.scispacy_linker import LINKER, ScispacyLinker, load_scispacy
from bio_ie.text.document import Document, Mention

CONCEPTS = {
    "C1": SimpleNamespace(definition="A drug.", types=["T121", "T109"]),
    "C2": SimpleNamespace(definition="Another.", types=[]),
}
NAMES = {"zolamin": [("C2", 0.8), ("C1", 1.0000001)], "fever": [("C2", 0.9)], "rash": []}


class Generator:
    """Stands for scispaCy's candidate generator."""

    kb = SimpleNamespace(cui_to_entity=CONCEPTS)

    def __call__(self, names, k):
        return [
            [SimpleNamespace(concept_id=id_, similarities=[score]) for id_, score in NAMES[name]]
            for name in names
        ]


@pytest.fixture
def nlp():
    linking = pytest.importorskip("scispacy.linking")
    pipeline = spacy.blank("en")
    ruler = pipeline.add_pipe("entity_ruler")
    ruler.add_patterns([{"label": "ENTITY", "pattern": name} for name in NAMES])
    linker = linking.EntityLinker(candidate_generator=Generator())
    spacy.Language.component(f"{LINKER}_of_test", func=linker)
    pipeline.add_pipe(f"{LINKER}_of_test", name=LINKER)
    # spaCy wraps a component that is not one of its own classes, but the code needs the linker's
    # attributes.
    pipeline.get_pipe = lambda name: linker  # type: ignore[method-assign]
    return pipeline


def test_mentions_have_the_best_concept_and_its_first_type(nlp):
    documents = [
        Document("a", "A rash and fever", mentions=[Mention("9", 0, 1, "X")]),
        Failure("b", "unreadable"),
        Document("c", "zolamin"),
    ]
    first, second, third = ScispacyLinker(nlp, batch_size=2).predict_documents(documents)
    assert second is documents[1]
    assert [(first.text_of(m), m.type, m.concept_ids, m.score) for m in first.mentions] == [
        ("rash", "ENTITY", (), None),
        ("fever", "ENTITY", ("C2",), 0.9),
    ]
    (mention,) = third.mentions
    assert (mention.type, mention.concept_ids, mention.score) == ("T121", ("C1",), 1.0)
    assert Document.from_json(first.to_json()) == first


def test_a_library_that_is_not_installed_is_a_clear_error(monkeypatch):
    monkeypatch.setitem(sys.modules, "scispacy.linking", None)
    with pytest.raises(ConfigurationError, match=r"scispaCy's linker needs a library .*linking"):
        load_scispacy("en_core_sci_none", "umls")


def test_a_pipeline_that_is_not_installed_is_a_clear_error():
    pytest.importorskip("nmslib", reason="scispaCy's linker needs nmslib")
    with pytest.raises(ConfigurationError, match="no pipeline 'en_core_sci_none'"):
        load_scispacy("en_core_sci_none", "umls")
    with pytest.raises(ConfigurationError, match="batch_size"):
        ScispacyLinker(spacy.blank("en"), batch_size=0)


def test_command_writes_documents(nlp, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(link_scispacy, "load_scispacy", lambda *_: nlp)
    source, output = tmp_path / "in.txt", tmp_path / "out.jsonl"
    source.write_text("fever after zolamin")
    arguments = ["bio-ie", "link-scispacy", source, "--from", "text", "--output", output]
    monkeypatch.setattr(sys, "argv", list(map(str, arguments)))
    main(prog="bio-ie")
    (found,) = map(json.loads, output.read_text().splitlines())
    assert [mention["concept_ids"] for mention in found["mentions"]] == [["C2"], ["C1"]]
