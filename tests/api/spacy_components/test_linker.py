"""A knowledge base in a spaCy pipeline."""

import pytest
import spacy
from allennlp.common.checks import ConfigurationError

import bio_ie
from bio_ie.knowledge.knowledge_base_file import KnowledgeBaseError
from tests.commands.command_server import ROOT

pytest.importorskip("bio_ie_spacy", reason="the installed bio_ie is an earlier one")

KB = str(ROOT / "fixtures/archives/facts.sqlite")
TEXT = "Liver failure (LF) and nausea after carbatrol. LF went away."


def pipeline(**config):
    nlp = spacy.blank("en")
    nlp.add_pipe("bio_ie_linker", config={"kb": KB, **config})
    return nlp


def test_names_are_found_and_linked_as_by_link():
    document = bio_ie.link(TEXT, KB)
    doc = pipeline(find=True)(TEXT)
    found = [(e.start_char, e.end_char, e.label_, e.kb_id_) for e in doc.ents]
    assert found == [(m.start, m.end, m.type, m.concept_ids[0]) for m in document.mentions]
    assert [[concept for concept, _ in entity._.kb_ents] for entity in doc.ents] == [
        [candidate["id"] for candidate in mention.metadata["candidates"]]
        for mention in document.mentions
    ]
    assert [span.text for span in doc.spans["bio_ie"]] == [entity.text for entity in doc.ents]


def test_entities_are_linked_with_the_long_forms_of_abbreviations():
    nlp = pipeline()
    ruler = nlp.add_pipe("entity_ruler", before="bio_ie_linker")
    ruler.add_patterns([{"label": "D", "pattern": "LF"}, {"label": "D", "pattern": "after"}])
    doc = nlp(TEXT)
    assert [(e.text, e.label_, e.kb_id_) for e in doc.ents] == [
        ("LF", "D", "X:D2"),
        ("after", "D", ""),
        ("LF", "D", "X:D2"),
    ]
    assert doc.ents[0]._.kb_ents[0] == ("X:D2", 1.0)
    assert doc.ents[1]._.kb_ents == []


def test_nested_spans_are_linked():
    nlp = spacy.blank("en")
    ruler = nlp.add_pipe("span_ruler", config={"spans_key": "sc"})
    ruler.add_patterns(
        [{"label": "D", "pattern": "liver failure"}, {"label": "O", "pattern": "failure"}]
    )
    nlp.add_pipe("bio_ie_linker", config={"kb": KB, "spans_key": "sc"})
    doc = nlp("Severe liver failure.")
    assert [(span.text, span.kb_id_) for span in doc.spans["sc"]] == [
        ("liver failure", "X:D2"),
        ("failure", ""),
    ]


def test_scores_and_types_choose_candidates():
    (of_nausea,) = bio_ie.link("nausea", KB).mentions
    types = {"Effect": [of_nausea.type], "Other": ["no such type"]}
    assert [e.label_ for e in pipeline(find=True, types=types)("nausea").ents] == ["Effect"]
    nlp = pipeline(types=types, generator="tfidf", threshold=0.99)
    nlp.add_pipe("entity_ruler", before="bio_ie_linker").add_patterns(
        [{"label": "Effect", "pattern": "nausea"}, {"label": "Other", "pattern": "rash"}]
    )
    assert [e.kb_id_ for e in nlp("nausea, rash").ents] == ["X:D3", ""]


def test_processes_and_streams_give_the_same():
    nlp = pipeline(find=True)
    texts = [TEXT, "nothing", ""] * 3
    expected = [[entity.kb_id_ for entity in nlp(text).ents] for text in texts]
    for number in (1, 2):
        docs = nlp.pipe(texts, n_process=number, batch_size=2)
        assert [[entity.kb_id_ for entity in doc.ents] for doc in docs] == expected


def test_a_saved_pipeline_names_the_knowledge_base_by_its_path(tmp_path):
    pipeline(find=True).to_disk(tmp_path / "saved")
    assert [e.kb_id_ for e in spacy.load(tmp_path / "saved")("nausea").ents] == ["X:D3"]


@pytest.mark.parametrize(
    "config, error, message",
    [
        ({"kb": None}, ConfigurationError, "'bio_ie_linker' needs the path of a knowledge base"),
        ({"kb": "no.sqlite"}, KnowledgeBaseError, "no.sqlite"),
        ({"generator": "best"}, ConfigurationError, "generator must be one of exact, tfidf"),
        ({"k": 0}, ConfigurationError, "k must be positive"),
    ],
)
def test_wrong_settings_are_errors(config, error, message):
    with pytest.raises(error, match=message):
        pipeline(**config)
