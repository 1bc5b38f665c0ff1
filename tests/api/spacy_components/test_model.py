"""A model in a spaCy pipeline."""

import shutil

import pytest
import spacy
from allennlp.common.checks import ConfigurationError
from spacy import displacy
from spacy.tokens import Doc, DocBin, Span

import bio_ie
from tests.commands.command_server import ROOT

bio_ie_spacy = pytest.importorskip("bio_ie_spacy", reason="the installed bio_ie is an earlier one")

ARCHIVES = ROOT / "fixtures/archives"
JOINT = ARCHIVES / "joint_ner_re/model.tar.gz"
ABSTRACTS = [document.text for document in bio_ie.read(ROOT / "fixtures/demo/abstracts.jsonl")]
TEXTS = [
    "Severe rash was caused by amoxicillin. It went away when aspirin was given instead.",
    "",
    "Hepatitis (x) followed isoniazid-induced fever 🤒 in 3 patients.",
    *ABSTRACTS,
]


def pipeline(**config):
    nlp = spacy.blank("en")
    nlp.add_pipe("bio_ie", config={"archive": str(JOINT), **config})
    return nlp


@pytest.fixture(scope="module")
def nlp():
    return pipeline()


@pytest.fixture(scope="module")
def expected():
    return list(bio_ie.load(JOINT).pipe(TEXTS))


def test_documents_have_what_the_model_finds(nlp, expected):
    for doc, document in zip(nlp.pipe(TEXTS), expected, strict=True):
        assert doc._.bio_ie.mentions == document.mentions
        spans = doc.spans["bio_ie"]
        assert [(span.label_, span._.score) for span in spans] == [
            (mention.type, mention.score) for mention in document.mentions
        ]
        for span, mention in zip(spans, document.mentions, strict=True):
            # A span has whole tokens.
            assert span.start_char <= mention.start < mention.end <= span.end_char
        names = {m.id: (m.start, m.type) for m in document.mentions}
        assert [(r.type, r.score) for r in doc._.relations] == [
            (r.type, r.score) for r in document.relations
        ]
        assert [r.head.label_ for r in doc._.relations] == [
            names[r.head][1] for r in document.relations
        ]
    assert sum(len(document.relations) for document in expected)


def test_one_document_is_as_one_of_a_stream(nlp, expected):
    doc = nlp(TEXTS[0])
    assert [m.span for m in doc._.bio_ie.mentions] == [m.span for m in expected[0].mentions]


def test_entities_do_not_overlap_and_may_be_kept():
    nlp = pipeline(overwrite_ents=False)
    ruler = nlp.add_pipe("entity_ruler", before="bio_ie")
    ruler.add_patterns([{"label": "RULE", "pattern": TEXTS[0].split()[1]}])
    doc = nlp(TEXTS[0])
    assert "RULE" in {entity.label_ for entity in doc.ents}
    assert len(doc.ents) > 1
    assert len(doc.spans["bio_ie"]) == len(doc._.bio_ie.mentions)
    replaced = pipeline()
    replaced.add_pipe("entity_ruler", before="bio_ie").add_patterns(ruler.patterns)
    assert "RULE" not in {entity.label_ for entity in replaced(TEXTS[0]).ents}


def test_nested_mentions_are_all_in_the_group_of_spans():
    from bio_ie.api.spacy_components.documents import fill, set_extensions
    from bio_ie.text.document import Document, Mention

    set_extensions()
    doc = spacy.blank("en")("acute liver failure")
    mentions = (Mention("T1", 0, 19, "Disease"), Mention("T2", 6, 11, "Organ"))
    fill(doc, Document("doc", doc.text, mentions=mentions), "all", overwrite_ents=True)
    assert [(span.text, span.label_) for span in doc.spans["all"]] == [
        ("acute liver failure", "Disease"),
        ("liver", "Organ"),
    ]
    assert [entity.text for entity in doc.ents] == ["acute liver failure"]


def test_models_that_take_mentions_get_the_entities(tmp_path, monkeypatch):
    for file in ARCHIVES.glob("facts.sqlite*"):
        (tmp_path / file.name).symlink_to(file)
    monkeypatch.chdir(tmp_path)
    nlp = spacy.blank("en")
    nlp.add_pipe("entity_ruler").add_patterns(
        [{"label": "Chemical", "pattern": "carbatrol"}, {"label": "Disease", "pattern": "nausea"}]
    )
    nlp.add_pipe("bio_ie", config={"archive": str(ARCHIVES / "snerl/model.tar.gz")})
    doc = nlp("We saw nausea after carbatrol, and nausea again.")
    assert [entity.text for entity in doc.ents] == ["nausea", "carbatrol", "nausea"]
    assert all(entity.kb_id_ for entity in doc.ents)
    assert doc._.facts == list(doc._.bio_ie.facts)


def test_what_was_found_survives_a_docbin_and_bytes(nlp):
    doc = nlp(TEXTS[0])
    stored = DocBin(docs=[doc], store_user_data=True).to_bytes()
    (from_bin,) = DocBin().from_bytes(stored).get_docs(nlp.vocab)
    for other in (from_bin, Doc(nlp.vocab).from_bytes(doc.to_bytes())):
        assert other._.bio_ie == doc._.bio_ie
        assert [tuple(map(str, relation)) for relation in other._.relations] == [
            tuple(map(str, relation)) for relation in doc._.relations
        ]
        assert [span._.score for span in other.spans["bio_ie"]] == [
            span._.score for span in doc.spans["bio_ie"]
        ]


def test_displacy_shows_entities_and_spans(nlp):
    doc = nlp(TEXTS[0])
    assert doc.ents[0].label_ in displacy.render(doc, style="ent", jupyter=False)
    shown = displacy.render(doc, style="span", options={"spans_key": "bio_ie"}, jupyter=False)
    assert doc.spans["bio_ie"][0].label_ in shown


def test_a_saved_pipeline_needs_no_other_file(tmp_path):
    archive = tmp_path / "model.tar.gz"
    shutil.copy(JOINT, archive)
    nlp = pipeline(archive=str(archive))
    before = nlp(TEXTS[0])
    nlp.to_disk(tmp_path / "saved")
    archive.unlink()
    (tmp_path / "saved").rename(tmp_path / "moved")
    after = spacy.load(tmp_path / "moved")(TEXTS[0])
    assert after._.bio_ie == before._.bio_ie


def test_processes_load_the_model_themselves(nlp, expected):
    docs = list(nlp.pipe(TEXTS * 2, n_process=2, batch_size=2))
    assert [len(doc.spans["bio_ie"]) for doc in docs] == 2 * [len(d.mentions) for d in expected]


def test_other_components_stand_beside_it():
    pytest.importorskip("scispacy.abbreviation").AbbreviationDetector  # noqa: B018 - registers it
    nlp = pipeline()
    nlp.add_pipe("abbreviation_detector")
    doc = nlp("Acute liver failure (ALF) was caused by amoxicillin.")
    assert [short.text for short in doc._.abbreviations] == ["ALF"]
    assert doc.spans["bio_ie"]


def test_negation_is_told_of_its_entities():
    pytest.importorskip("negspacy.negation", reason="negspacy is not installed")
    nlp = spacy.blank("en")
    nlp.add_pipe("sentencizer")
    nlp.add_pipe("bio_ie", config={"archive": str(JOINT)})
    nlp.add_pipe("negex")
    doc = nlp("No adverse effect of amoxicillin was seen.")
    assert doc.ents
    assert all(isinstance(entity._.negex, bool) for entity in doc.ents)


@pytest.mark.parametrize(
    "config, message",
    [
        ({"archive": "no.tar.gz"}, "no archive and no pipeline no.tar.gz"),
        ({"archive": None}, "the component 'bio_ie' needs the path of an archive"),
        ({"device": "cuda:9"}, "device 'cuda:9' does not exist"),
    ],
)
def test_a_wrong_archive_is_an_error_with_the_first_text(config, message):
    nlp = pipeline(**config)
    with pytest.raises(ConfigurationError, match=message):
        nlp("a")


def test_a_document_that_fails_is_an_error_or_stays_as_it_is(monkeypatch):
    from bio_ie.predictors import document_predictor

    def broken(*arguments):
        raise RuntimeError("no memory")

    monkeypatch.setattr(document_predictor, "outputs_of_instances", broken)
    with pytest.raises(bio_ie.PredictionError, match="no memory"):
        pipeline()(TEXTS[0])
    doc = pipeline(on_error="skip")(TEXTS[0])
    assert doc.ents == ()
    assert doc._.bio_ie is None
    assert doc._.relations == doc._.facts == []
    with pytest.raises(ConfigurationError, match="on_error must be 'raise' or 'skip'"):
        pipeline(on_error="keep")


def test_attributes_are_there_before_any_text(nlp):
    doc = nlp.make_doc("a")
    assert doc._.relations == []
    assert Span(doc, 0, 1)._.score is None
    assert Span(doc, 0, 1)._.concept_ids == ()


def test_spacy_knows_the_components_by_their_entry_points():
    from importlib.metadata import entry_points

    names = {point.name: point.value for point in entry_points(group="spacy_factories")}
    assert names["bio_ie"] == "bio_ie_spacy:bio_ie_model"
    assert names["bio_ie_linker"] == "bio_ie_spacy:bio_ie_linker"
