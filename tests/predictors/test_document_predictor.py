import itertools
import json
from dataclasses import replace
from pathlib import Path
from typing import Any, Callable, Dict, Iterator, List

import pytest
import torch
from allennlp.commands.train import train_model
from allennlp.common import Params
from allennlp.common.checks import ConfigurationError
from allennlp.data import DatasetReader, TensorDict
from allennlp.models import Archive, Model, load_archive
from allennlp.predictors import Predictor

from bio_ie.data.corpora import CorpusFormat
from bio_ie.predictors import DocumentPredictor, Failure, document_predictor
from bio_ie.predictors.document_input import document_from_input
from bio_ie.rendering import render
from bio_ie.text.document import Document, Mention, Relation
from bio_ie.text.invisible import is_visible

SENTENCES = [
    "Severe headache was caused by nifedipine in 3 of 10 patients.",
    "It went away when aspirin was given instead.",
    "Rash – an ‘itchy’ one – and fever 🤒 followed amoxicillin.",
    "No adverse effect of β-blockers was seen.",
    "Hypo\u0301tension after ramipril.",
]


@pytest.fixture(scope="module")
def archive(toy_archive: Path) -> Archive:
    """A predictor whose model finds relations. The toy archive is not trained long enough to find
    any."""
    archive = load_archive(toy_archive)
    with torch.no_grad():
        archive.model.pair_scorer.linear.bias[0] -= 2.0  # "no relation"
    return archive


@pytest.fixture
def predictor(archive: Archive) -> DocumentPredictor:
    predictor = Predictor.from_archive(archive, "document")
    assert isinstance(predictor, DocumentPredictor)
    return predictor


@pytest.fixture(scope="module")
def gold_archive(toy_archive: Path) -> Archive:
    return load_archive(toy_archive, overrides={"model.entity_source": "gold"})


@pytest.fixture
def gold_predictor(gold_archive: Archive) -> DocumentPredictor:
    predictor = Predictor.from_archive(gold_archive, "document")
    assert isinstance(predictor, DocumentPredictor)
    return predictor


def long_document(number: int) -> Document:
    """A document of many sentences, with white space before, between and after them."""
    text, spans = "\n ", []
    for sentence in itertools.islice(itertools.cycle(SENTENCES), number):
        spans.append((len(text), len(text) + len(sentence)))
        text += sentence + "  \n"
    return Document("long", text, sentences=tuple(spans), metadata={"kept": True})


def predict(predictor: DocumentPredictor, *documents: Document) -> List[Document]:
    outputs = list(predictor.predict_documents(documents))
    assert all(isinstance(output, Document) for output in outputs), outputs
    return outputs  # type: ignore[return-value]


def same(first: Document, second: Document) -> bool:
    """Checks that documents are equal except for the last digits of scores, which depend on the
    other texts of a batch."""
    scores = [
        [item.score or 0.0 for item in (*document.mentions, *document.relations)]
        for document in (first, second)
    ]
    return without_scores(first) == without_scores(second) and scores[0] == pytest.approx(
        scores[1], abs=1e-4
    )


def without_scores(document: Document) -> Document:
    return replace(
        document,
        mentions=tuple(replace(mention, score=None) for mention in document.mentions),
        relations=tuple(replace(relation, score=None) for relation in document.relations),
    )


def test_document_is_the_sum_of_its_sentences(predictor: DocumentPredictor) -> None:
    document = long_document(50)
    (whole,) = predict(predictor, document)
    mentions: List[Mention] = []
    relations: List[Relation] = []
    for start, end in document.sentences:
        (alone,) = predict(
            predictor, Document("s", document.text[start:end], sentences=((0, end - start),))
        )
        new_id = {m.id: f"T{len(mentions) + place}" for place, m in enumerate(alone.mentions, 1)}
        for m in alone.mentions:
            mentions.append(replace(m, id=new_id[m.id], start=m.start + start, end=m.end + start))
        for r in alone.relations:
            relations.append(replace(r, head=new_id[r.head], tail=new_id[r.tail]))
    assert same(whole, replace(document, mentions=tuple(mentions), relations=tuple(relations)))
    assert whole.mentions[-1].start > document.sentences[40][0]
    assert whole.relations


@pytest.mark.parametrize("separator", [" ", "\n", "\r\n\r\n", "\u2028 "])
def test_mentions_are_words_of_the_text_as_given(
    predictor: DocumentPredictor, separator: str
) -> None:
    text = separator + separator.join(SENTENCES * 10) + separator
    output = predictor.predict_json({"text": text})
    assert output["text"] == text
    assert output["mentions"]
    for mention in output["mentions"]:
        found = text[mention["start"] : mention["end"]]
        assert mention["text"] == found == found.strip()
        assert 0 <= mention["score"] <= 1
    assert max(mention["end"] for mention in output["mentions"]) > 0.9 * len(text)
    ids = [mention["id"] for mention in output["mentions"]]
    assert ids == [f"T{number}" for number in range(1, len(ids) + 1)]
    for relation in output["relations"]:
        assert {relation["head"], relation["tail"]} <= set(ids)


def test_tokens_given_are_the_words(predictor: DocumentPredictor) -> None:
    tokens = ["ibuprofen/codeine", "caused", "a severe", "rash", ",", "fever"]
    output = predictor.predict_json({"tokens": tokens})
    starts = {start for start, _ in output["tokens"]}
    ends = {end for _, end in output["tokens"]}
    assert output["text"] == " ".join(tokens)
    assert output["mentions"]
    assert {mention["start"] for mention in output["mentions"]} <= starts
    assert {mention["end"] for mention in output["mentions"]} <= ends


def test_annotations_of_the_input_are_replaced_and_of_no_influence(
    predictor: DocumentPredictor,
) -> None:
    plain = Document("1", SENTENCES[0], metadata={"pmid": 5})
    annotated = replace(
        plain,
        mentions=(Mention("x", 2, 5, "Unheard-of"), Mention("y", 4, 9, "Drug")),
        relations=(Relation("unheard_of", "x", "y"),),
    )
    first, second = predict(predictor, plain, annotated)
    assert first.mentions
    assert same(first, second)
    assert first.metadata == {"pmid": 5}


@pytest.mark.parametrize("batch_size", [1, 2, 7, 1000])
def test_batch_size_and_neighbours_make_no_difference(
    archive: Archive, predictor: DocumentPredictor, batch_size: int
) -> None:
    documents = [
        Document(str(number), " ".join(SENTENCES[: number % 6])) for number in range(1, 20)
    ]
    alone = [predict(predictor, document)[0] for document in documents]
    other = DocumentPredictor(
        predictor._model, archive.validation_dataset_reader, batch_size=batch_size
    )
    together = predict(other, *documents)
    assert [document.id for document in together] == [document.id for document in documents]
    assert all(map(same, together, alone))


@pytest.mark.parametrize("text", ["", " ", "\n\n \t\n", "\u200b", "\xa0", "."])
def test_text_without_words_has_no_predictions_and_no_failure(
    predictor: DocumentPredictor, text: str
) -> None:
    outputs = predictor.predict_batch_json([{"text": text}, {"text": SENTENCES[0]}])
    assert outputs[0]["text"] == text
    assert "error" not in outputs[0]
    assert outputs[1]["mentions"]
    if not text.strip():
        assert "mentions" not in outputs[0]


@pytest.mark.parametrize("is_tokenised", [False, True])
def test_invisible_characters_are_in_no_mention(
    predictor: DocumentPredictor, is_tokenised: bool
) -> None:
    words = ["\ufeffHepatitis\u200b", "after", "\x07", "isoniazid\u202c", "\u200d."]
    text = " ".join(words)
    starts = [text.index(word) for word in words]
    spans = [(start, start + len(word)) for start, word in zip(starts, words, strict=True)]
    (document,) = predict(predictor, Document("d", text, tokens=spans if is_tokenised else ()))

    assert document.mentions
    for mention in document.mentions:
        assert is_visible(document.text[mention.start])
        assert is_visible(document.text[mention.end - 1])


def test_text_of_invisible_characters_has_no_mentions(predictor: DocumentPredictor) -> None:
    text = "\u200b\ufeff"
    for document in (Document("d", text), Document("d", text, tokens=[(0, 1), (1, 2)])):
        assert predict(predictor, document)[0].mentions == ()


def test_sentence_longer_than_any_is_predicted(predictor: DocumentPredictor) -> None:
    text = "aspirin and rash and " * 500
    output = predictor.predict_json({"text": text})
    assert output["mentions"][-1]["end"] > 0.9 * len(text)


def test_lines_of_any_form_come_out_in_order(predictor: DocumentPredictor) -> None:
    lines = [
        json.dumps({"text": SENTENCES[0]}),
        "not json",
        json.dumps({"id": "mine", "tokens": ["aspirin", "helps"], "year": 1999}),
        "[1]",
        json.dumps({"id": 4, "wrong": True}),
        json.dumps({"id": "5", "error": "failed before"}),
        '{"text": "\\ud800"}',
        "[" * 100_000,
        json.dumps(long_document(3).to_json()),
    ]
    inputs = [predictor.load_line(line) for line in lines]
    json.dumps(inputs)  # the command shows its inputs
    outputs = predictor.predict_batch_json(inputs)
    assert [json.loads(predictor.dump_line(output)) for output in outputs] == outputs
    ids = ["1", "2", "mine", "4", "4", "5", "7", "8", "long"]
    assert [output["id"] for output in outputs] == ids
    assert [bool(output.get("error")) for output in outputs] == [
        False, True, False, True, True, True, True, True, False,
    ]  # fmt: skip
    assert outputs[2]["metadata"] == {"year": 1999}
    assert outputs[1]["error"].startswith("input 2 is not valid JSON")
    assert "needs a string 'text'" in outputs[4]["error"]
    assert outputs[5]["error"] == "failed before"
    assert "surrogate" in outputs[6]["error"]
    assert (predictor.num_documents, predictor.num_failures) == (9, 6)


def test_python_objects_need_no_id(predictor: DocumentPredictor) -> None:
    outputs = predictor.predict_batch_json([{"text": "a"}, {"text": "b"}, {"id": "x"}, {}])
    assert [output["id"] for output in outputs] == ["1", "2", "x", "4"]


def test_outputs_are_not_of_ascii_only(predictor: DocumentPredictor) -> None:
    assert "β" in predictor.dump_line(predictor.predict_json({"text": SENTENCES[3]}))


def test_document_that_breaks_the_reader_fails_alone(
    predictor: DocumentPredictor, monkeypatch: pytest.MonkeyPatch
) -> None:
    documents = [Document(str(number), SENTENCES[number % 5]) for number in range(6)]
    expected = predict(predictor, *documents)
    views = predictor._reader.views

    def broken(document: Document) -> Any:
        if document.id == "2":
            raise RuntimeError("cannot split this")
        return views(document)

    monkeypatch.setattr(predictor._reader, "views", broken)
    outputs = list(predictor.predict_documents(documents))
    assert outputs[2] == Failure("2", "RuntimeError: cannot split this")
    rest = [output for output in outputs if isinstance(output, Document)]
    assert all(map(same, rest, expected[:2] + expected[3:]))
    assert len(rest) == 5


Outputs = List[Dict[str, Any]]


def replace_model(
    monkeypatch: pytest.MonkeyPatch,
    run: Callable[[List[str], TensorDict, Callable[[], Outputs]], Outputs],
) -> None:
    """Runs something else in place of the model on each batch. It gets the ids of the documents of
    its instances, its tensors, and what gives the model's own outputs."""
    forward = document_predictor.outputs_of_instances

    def replaced(model: Model, tensors: TensorDict, num_instances: int) -> Outputs:
        ids = [metadata["document_id"] for metadata in tensors["metadata"]]
        assert len(ids) == num_instances
        return run(ids, tensors, lambda: forward(model, tensors, num_instances))

    monkeypatch.setattr(document_predictor, "outputs_of_instances", replaced)


def failing_model(monkeypatch: pytest.MonkeyPatch, is_bad: Callable[[List[str]], bool]) -> None:
    """Makes the model fail on batches whose document ids are bad."""

    def run(ids: List[str], tensors: TensorDict, outputs: Callable[[], Outputs]) -> Outputs:
        if is_bad(ids):
            raise RuntimeError("no memory")
        return outputs()

    replace_model(monkeypatch, run)


def test_document_that_breaks_the_model_fails_alone(
    predictor: DocumentPredictor, monkeypatch: pytest.MonkeyPatch
) -> None:
    documents = [Document(str(number), " ".join(SENTENCES)) for number in range(6)]
    expected = predict(predictor, *documents)
    failing_model(monkeypatch, lambda ids: "4" in ids)
    outputs = list(predictor.predict_documents(documents))
    assert outputs[4] == Failure("4", "RuntimeError: no memory")
    rest = [output for output in outputs if isinstance(output, Document)]
    assert all(map(same, rest, expected[:4] + expected[5:]))
    assert len(rest) == 5


def test_batch_that_fails_as_a_whole_is_predicted_one_by_one(
    predictor: DocumentPredictor, monkeypatch: pytest.MonkeyPatch
) -> None:
    documents = [Document(str(number), SENTENCES[number % 5]) for number in range(6)]
    expected = predict(predictor, *documents)
    failing_model(monkeypatch, lambda ids: len(set(ids)) > 1)
    assert all(map(same, predict(predictor, *documents), expected))


def test_prediction_outside_the_text_is_a_failure(
    predictor: DocumentPredictor, monkeypatch: pytest.MonkeyPatch
) -> None:
    def run(ids: List[str], tensors: TensorDict, outputs: Callable[[], Outputs]) -> Outputs:
        found = outputs()
        for id_, output in zip(ids, found, strict=True):
            if id_ == "1":
                output["mentions"] = [Mention("T1", 0, 10**6, "Drug")]
                output["relations"] = []
        return found

    replace_model(monkeypatch, run)
    first, second = predictor.predict_documents([Document("1", "a"), Document("2", SENTENCES[0])])
    assert isinstance(first, Failure)
    assert "outside the text" in first.error
    assert isinstance(second, Document)


def test_failures_pass_through(predictor: DocumentPredictor) -> None:
    failure = Failure(None, "x")
    first, second = predictor.predict_documents([failure, Document("1", SENTENCES[0])])
    assert first is failure
    assert isinstance(second, Document)


@pytest.mark.parametrize("text", [SENTENCES[0], ""])
def test_prediction_streams(predictor: DocumentPredictor, text: str) -> None:
    predictor.batch_size = 2
    taken: List[int] = []

    def documents() -> Iterator[Document]:
        for number in range(1000):
            taken.append(number)
            yield Document(str(number), text)

    assert next(predictor.predict_documents(documents())).id == "0"
    assert len(taken) <= 2 * 128


def noted_batches(monkeypatch: pytest.MonkeyPatch) -> List[List[int]]:
    """A list that gets the widths of the instances of each batch, in wordpieces."""
    widths: List[List[int]] = []

    def run(ids: List[str], tensors: TensorDict, outputs: Callable[[], Outputs]) -> Outputs:
        (of_indexer,) = tensors["words"].values()
        widths.append(of_indexer["wordpiece_mask"].sum(dim=(1, 2)).tolist())
        return outputs()

    replace_model(monkeypatch, run)
    return widths


def test_sentences_of_like_length_are_batched(
    predictor: DocumentPredictor, monkeypatch: pytest.MonkeyPatch
) -> None:
    widths = noted_batches(monkeypatch)
    predictor.batch_size = 4
    predict(predictor, *(Document(str(n), "aspirin " * (1 + n * 7 % 12)) for n in range(12)))
    assert [len(batch) for batch in widths] == [4, 4, 4]
    flat = [width for batch in widths for width in batch]
    assert flat == sorted(flat)


def test_batches_keep_to_their_wordpieces(
    predictor: DocumentPredictor, monkeypatch: pytest.MonkeyPatch
) -> None:
    widths = noted_batches(monkeypatch)
    predictor.batch_wordpieces = 60
    documents = [Document(str(n), "aspirin " * (1 + n * 7 % 40)) for n in range(40)]
    outputs = predict(predictor, *documents)
    assert [output.id for output in outputs] == [document.id for document in documents]
    assert all(len(batch) * max(batch) <= 60 for batch in widths if len(batch) > 1)
    assert max(map(len, widths)) > 2
    assert [max(batch) for batch in widths if max(batch) > 60]


def test_window_gathers_the_documents_of_many_batches(
    predictor: DocumentPredictor, monkeypatch: pytest.MonkeyPatch
) -> None:
    widths = noted_batches(monkeypatch)
    documents = [Document(str(n), "aspirin " * (1 + n * 7 % 12)) for n in range(600)]
    predict(predictor, *documents)
    flat = [width for batch in widths for width in batch]
    assert flat == sorted(flat)
    assert sum(len(batch) * max(batch) for batch in widths) < 1.05 * sum(flat)


@pytest.mark.parametrize("setting", ["batch_size", "batch_wordpieces"])
def test_batch_limits_are_positive(archive: Archive, setting: str) -> None:
    with pytest.raises(ConfigurationError, match=f"{setting} must be positive, not 0"):
        DocumentPredictor(archive.model, archive.validation_dataset_reader, **{setting: 0})


def test_only_the_documents_of_a_batch_that_fails_are_predicted_again(
    predictor: DocumentPredictor, monkeypatch: pytest.MonkeyPatch
) -> None:
    documents = [Document(str(number), "aspirin " * (1 + number)) for number in range(12)]
    failing_model(monkeypatch, lambda ids: "5" in ids)
    widths = noted_batches(monkeypatch)
    predictor.batch_size = 3
    outputs = list(predictor.predict_documents(documents))
    assert [isinstance(output, Failure) for output in outputs] == [n == 5 for n in range(12)]
    # Four batches, and then the three documents of the second one.
    assert [len(batch) for batch in widths] == [3, 3, 3, 3, 1, 1, 1]


def test_model_predicts_without_dropout_and_gradients(
    predictor: DocumentPredictor, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = []
    forward = predictor._model.forward

    def noted(*args: Any, **kwargs: Any) -> Any:
        seen.append((predictor._model.training, torch.is_grad_enabled()))
        return forward(*args, **kwargs)

    monkeypatch.setattr(predictor._model, "forward", noted)
    predictor.predict_json({"text": SENTENCES[0]})
    assert seen == [(False, False)]


def with_mentions(document_id: str = "1") -> Document:
    return Document(
        document_id,
        SENTENCES[0] + " " + SENTENCES[1],
        mentions=(
            Mention("a", 7, 15, "Adverse-Effect"),
            Mention("b", 30, 40, "Drug"),
            Mention("c", 80, 87, "Drug"),
        ),
    )


def test_given_mentions_stay_and_get_no_score(gold_predictor: DocumentPredictor) -> None:
    (output,) = predict(gold_predictor, with_mentions())
    assert [(m.start, m.end, m.type) for m in output.mentions] == [
        (m.start, m.end, m.type) for m in with_mentions().mentions
    ]
    assert all(mention.score is None for mention in output.mentions)


def test_given_mentions_of_a_line_are_read(gold_predictor: DocumentPredictor) -> None:
    line = json.dumps(with_mentions().to_json())
    output = gold_predictor.predict_json(gold_predictor.load_line(line))
    assert [mention["text"] for mention in output["mentions"]] == [
        "headache",
        "nifedipine",
        "aspirin",
    ]


def test_beside_given_mentions_no_annotation_matters(gold_predictor: DocumentPredictor) -> None:
    related = replace(
        with_mentions(),
        relations=(Relation("causes", "b", "a"), Relation("unheard_of", "a", "b")),
    )
    first, second = predict(gold_predictor, with_mentions(), related)
    assert same(first, second)


def test_without_given_mentions_nothing_is_found(gold_predictor: DocumentPredictor) -> None:
    (output,) = predict(gold_predictor, Document("1", SENTENCES[0]))
    assert (output.mentions, output.relations) == ((), ())


def test_an_input_is_validated_once(
    gold_predictor: DocumentPredictor, monkeypatch: pytest.MonkeyPatch
) -> None:
    checked: List[Any] = []
    check_layer, check_mention = Document._check_layer, Document.check_mention

    def count_layer(self: Document, what: str, spans: Any) -> None:
        checked.append(what)
        check_layer(self, what, spans)

    def count_mention(self: Document, mention: Mention) -> None:
        checked.append(mention.id)
        check_mention(self, mention)

    monkeypatch.setattr(Document, "_check_layer", count_layer)
    monkeypatch.setattr(Document, "check_mention", count_mention)
    mentions = [{"id": "given", "start": 0, "end": 7, "type": "Drug"}]
    value = {"text": "Aspirin helped.", "tokens": [[0, 7], [8, 14]], "mentions": mentions}
    document = document_from_input({**value, "schema_version": 1}, "1", with_mentions=True)
    (predicted,) = gold_predictor.predict_documents([document])
    assert isinstance(predicted, Document)
    assert [m.span for m in predicted.mentions] == [(0, 7)]
    # The mentions that come out are new ones, with ids of their own.
    assert sorted(checked) == sorted(["passage", "sentence", "token", "given", "T1"])


def test_given_mention_of_unknown_type_fails_its_document(
    gold_predictor: DocumentPredictor,
) -> None:
    unknown = replace(with_mentions("2"), mentions=(Mention("a", 0, 6, "Unheard-of"),))
    first, second = gold_predictor.predict_documents([with_mentions(), unknown])
    assert isinstance(first, Document)
    assert isinstance(second, Failure)
    assert "Unheard-of" in second.error


@pytest.fixture(scope="module")
def keci_archive(toy_kb: Path, tmp_path_factory: pytest.TempPathFactory) -> Archive:
    """A predictor whose model uses knowledge and finds dozens of entities."""
    folder = tmp_path_factory.mktemp("keci") / "run"
    params = Params.from_file("fixtures/models/keci.jsonnet").as_dict(quiet=True)
    for reader in ("dataset_reader", "validation_dataset_reader"):
        params[reader]["background"]["kb"]["path"] = str(toy_kb)
    params["trainer"]["num_epochs"] = 1
    train_model(Params(params), str(folder))
    archive = load_archive(folder)
    with torch.no_grad():
        for head, bias in (("initial_head", 1.0), ("final_head", 2.0)):
            scorer = getattr(archive.model, head).entity_scorer
            scorer._linear_layers[-1].bias[0] -= bias
            pairs = getattr(archive.model, head).pair_scorer
            pairs.further_layers._linear_layers[-1].bias[0] -= 1.0
    return archive


@pytest.fixture
def keci_predictor(keci_archive: Archive) -> DocumentPredictor:
    predictor = Predictor.from_archive(keci_archive, "document")
    assert isinstance(predictor, DocumentPredictor)
    return predictor


KNOWN = Document("k", " ".join(SENTENCES * 2), metadata={"pmid": 5})


def test_graph_that_knowledge_changed_is_kept(
    keci_predictor: DocumentPredictor, monkeypatch: pytest.MonkeyPatch
) -> None:
    outputs: Outputs = []
    assemble = keci_predictor._assemble
    monkeypatch.setattr(
        keci_predictor, "_assemble", lambda item, own: outputs.extend(own) or assemble(item, own)
    )
    (document,) = predict(keci_predictor, KNOWN)
    assert document.metadata.keys() == {"pmid", "initial_graph"}
    graph = document.metadata["initial_graph"]
    # with an id and a text, the graph is a valid document
    initial = Document.from_json({"id": "k", "text": KNOWN.text, **graph})

    assert len(outputs) > 1
    mentions = [m for output in outputs for m in output["initial_mentions"]]
    assert len(mentions) > len(outputs)
    assert [(*m.span, m.type, m.score) for m in initial.mentions] == [
        (*m.span, m.type, m.score) for m in mentions
    ]
    ids = [m.id for m in initial.mentions]
    assert ids == [f"T{number}" for number in range(1, len(ids) + 1)]
    expected = [
        (relation.type, own[relation.head].span, own[relation.tail].span)
        for output in outputs
        for own in [{m.id: m for m in output["initial_mentions"]}]
        for relation in output["initial_relations"]
    ]
    assert expected
    by_id = initial.mention_by_id()
    assert expected == [
        (relation.type, by_id[relation.head].span, by_id[relation.tail].span)
        for relation in initial.relations
    ]
    assert [(*m.span, m.type) for m in document.mentions] != [
        (*m.span, m.type) for m in initial.mentions
    ]


def test_initial_graph_of_nothing_found_is_empty(keci_predictor: DocumentPredictor) -> None:
    with torch.no_grad():
        scorer = keci_predictor._model.initial_head.entity_scorer
        scorer._linear_layers[-1].bias[0] += 50.0
        (document,) = predict(keci_predictor, KNOWN)
        scorer._linear_layers[-1].bias[0] -= 50.0
    assert document.metadata["initial_graph"] == {"mentions": [], "relations": []}
    assert document.mentions


def test_initial_graph_of_the_input_is_replaced(
    predictor: DocumentPredictor, keci_predictor: DocumentPredictor
) -> None:
    (once,) = predict(keci_predictor, KNOWN)
    (again,) = predict(keci_predictor, once)
    assert again.metadata["initial_graph"].keys() == {"mentions", "relations"}
    assert len(again.metadata["initial_graph"]["mentions"]) == len(
        once.metadata["initial_graph"]["mentions"]
    )
    (other,) = predict(predictor, once)
    assert other.metadata == {"pmid": 5}


def test_documents_with_an_initial_graph_and_concepts_can_be_written_and_rendered(
    keci_predictor: DocumentPredictor, tmp_path: Path
) -> None:
    (document,) = predict(keci_predictor, KNOWN)
    assert any("concepts" in (m.metadata or {}) for m in document.mentions)
    for name in ("jsonl", "bioc_json"):
        corpus = CorpusFormat.by_name(name)()
        corpus.write([document], tmp_path / name)
        (back,) = corpus.read(tmp_path / name)
        assert back.metadata == document.metadata
        assert [m.metadata for m in back.mentions] == [m.metadata for m in document.mentions]
    page = render([document], [KNOWN])
    (concept, *_) = next(m.metadata["concepts"] for m in document.mentions if m.metadata)
    assert f"({concept['id']})" in page


def test_only_readers_of_documents_will_do(archive: Archive) -> None:
    reader = DatasetReader.by_name("sequence_tagging")()
    with pytest.raises(ConfigurationError, match="needs a reader of this package"):
        DocumentPredictor(archive.model, reader)


def test_batch_size_must_be_positive(archive: Archive) -> None:
    with pytest.raises(ConfigurationError, match="batch_size must be positive, not 0"):
        Predictor.from_archive(archive, "document", extra_args={"batch_size": 0})


def test_document_is_the_default_predictor_of_the_model() -> None:
    assert Model.by_name("joint_ner_re").default_predictor == "document"
