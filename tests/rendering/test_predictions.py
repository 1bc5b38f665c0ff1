import json

import pytest

from bio_ie.data.corpora.corpus_format import CorpusFormat
from bio_ie.data.corpora.formats.jsonl import JsonlFormat
from bio_ie.files.corpus_error import CorpusError
from bio_ie.files.failures import Failure
from bio_ie.rendering.predictions import read_predictions
from bio_ie.text.document import Document


def line(identifier):
    return json.dumps(Document(identifier, "text").to_json())


def test_failures_keep_their_place_among_the_documents(tmp_path):
    path = tmp_path / "predictions.jsonl"
    failures = ['{"id": "b", "error": "boom"}', '{"id": null, "error": "no text"}']
    path.write_text("\n".join([line("a"), failures[0], line("c"), failures[1]]))
    assert read_predictions(str(path), JsonlFormat()) == [
        Document("a", "text"),
        Failure("b", "boom"),
        Document("c", "text"),
        Failure(None, "no text"),
    ]


def test_a_file_of_failures_alone_is_read(tmp_path):
    path = tmp_path / "predictions.jsonl"
    path.write_text('{"id": "b", "error": "boom"}\n')
    assert read_predictions(str(path), JsonlFormat()) == [Failure("b", "boom")]


def test_the_word_error_in_a_document_makes_it_no_failure(tmp_path):
    path = tmp_path / "predictions.jsonl"
    document = Document("a", 'the "error" of it', metadata={"error": 1})
    path.write_text(json.dumps(document.to_json()))
    assert read_predictions(str(path), JsonlFormat()) == [document]


def test_a_line_with_text_and_error_is_neither_document_nor_failure(tmp_path):
    path = tmp_path / "predictions.jsonl"
    path.write_text('{"id": "a", "text": "x", "error": "boom"}')
    with pytest.raises(CorpusError, match=r"unknown fields \['error'\]"):
        read_predictions(str(path), JsonlFormat())


def test_bad_lines_name_file_and_line_or_are_skipped_as_the_format_says(tmp_path):
    path = tmp_path / "predictions.jsonl"
    path.write_text("\n".join([line("a"), '{"id": "b", "error": "boom"}', "{oops"]))
    with pytest.raises(CorpusError, match=r"predictions\.jsonl:3: "):
        read_predictions(str(path), JsonlFormat())
    skipping = JsonlFormat(on_error="skip")
    assert read_predictions(str(path), skipping) == [Document("a", "text"), Failure("b", "boom")]


def test_other_formats_are_read_as_they_are(tmp_path):
    class OneDocument(CorpusFormat):
        def _read(self, source):
            yield Document("x", source.text())

    path = tmp_path / "file"
    path.write_text("text")
    assert read_predictions(str(path), OneDocument()) == [Document("x", "text")]
