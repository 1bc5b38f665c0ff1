"""`build-index` and `link`."""

import json

import pytest
import torch
from allennlp.commands.train import train_model
from allennlp.common import Params
from allennlp.models.archival import archive_model

from bio_ie.text.counted import counted
from bio_ie.text.document import Document
from tests.knowledge.example_kb import write_example_kb

TEXT = "Seizures after methamphetamine (METH)."
PUBTATOR = f"1|t|{TEXT}\n1|a|No more.\n1\t0\t8\tSeizures\tDisease\tX:03\n\n"


@pytest.fixture
def kb(tmp_path):
    return write_example_kb(tmp_path / "kb.sqlite").path


def test_text_is_linked(run, kb):
    status, out, _ = run("link", TEXT, "--kb", kb)
    assert status == 0
    assert out.splitlines() == [
        "text: 3 mentions",
        "  0-8  Seizures",
        "    1.000  X:03  Seizures  [Disease]",
        "  15-30  methamphetamine",
        "    1.000  X:01  Methamphetamine  [Chemical]",
        "  32-36  METH",
        "    1.000  X:01  Methamphetamine  [Chemical]",
    ]


def test_json_has_what_the_lines_have(run, kb):
    status, out, _ = run("link", "a cold", "--kb", kb, "--json", "-k", "1")
    (mention,) = json.loads(out)["mentions"]
    candidate = {"id": "X:06", "name": "Cold", "score": 1.0, "semantic_types": ["Disease"]}
    assert mention == {"start": 2, "end": 6, "text": "cold", "candidates": [candidate]}
    assert status == 0


def test_nested_mentions_are_printed_on_demand(run, kb):
    text = "toxicity of methamphetamine"
    assert run("link", text, "--kb", kb)[1].startswith("text: 1 mention")
    assert run("link", text, "--kb", kb, "--nested")[1].startswith("text: 2 mentions")


def test_file_is_linked_with_its_own_mentions_or_with_found_ones(run, kb, tmp_path):
    file = tmp_path / "corpus.PubTator"
    file.write_text(PUBTATOR)
    arguments = ["link", file, "--from", "pubtator", "--kb", kb, "--json"]
    found, annotated = (
        json.loads(run(*arguments, *more)[1])["mentions"] for more in ([], ["--annotated"])
    )
    assert [mention["text"] for mention in found] == ["Seizures", "methamphetamine", "METH"]
    (mention,) = annotated
    assert (mention["text"], mention["type"]) == ("Seizures", "Disease")


def test_plain_file_is_a_text(run, kb, tmp_path):
    file = tmp_path / "note.txt"
    file.write_text(TEXT)
    assert run("link", file, "--kb", kb)[1].startswith("note: 3 mentions")


def test_similar_names_after_the_index_was_built(run, kb):
    status, out, err = run("link", TEXT, "--kb", kb, "--generator", "tfidf")
    assert status == 1
    assert out == ""
    assert "error: " in err
    assert "bio-ie build-index" in err
    status, out, _ = run("build-index", kb)
    assert status == 0
    assert f"wrote {kb}.tfidf: 21 names of 10 concepts, 19 of them distinct" in out
    status, out, _ = run("link", TEXT, "--kb", kb, "--generator", "tfidf")
    assert status == 0
    lines = out.splitlines()
    assert lines[2] == "    1.000  X:03  Seizures  [Disease]"
    assert lines[3].endswith("X:04  Epilepsy  [Disease]")


def test_index_is_written_where_it_was_asked_for(run, kb, tmp_path):
    status, out, _ = run("build-index", kb, "--output", tmp_path / "here")
    assert status == 0
    assert f"wrote {tmp_path / 'here'}: " in out
    assert (tmp_path / "here" / "index.json").is_file()


@pytest.mark.parametrize(
    "arguments, message",
    [
        (["link", TEXT, "--kb", "none.sqlite"], "none.sqlite: there is no such file"),
        (["link", "notes.txt", "--kb", "KB"], "there is no file 'notes.txt'"),
        (["link", " ", "--kb", "KB"], "the text is empty"),
        (["link", "none", "--kb", "KB", "--from", "pubtator"], "none: "),
        (["link", TEXT, "--kb", "KB", "--from", "pubmed"], "no corpus format 'pubmed'"),
        (["link", TEXT, "--kb", "KB", "-k", "0"], "k must be positive"),
        (["link", TEXT, "--kb", "KB", "-k", "0", "--types", '{"A": ["B"]}'], "k must be positive"),
        (["link", TEXT, "--kb", "KB", "--types", "Drug"], "--types is not valid JSON"),
        (["link", TEXT, "--kb", "KB", "--types", '{"Drug": []}'], "needs a list of semantic types"),
        (["link", TEXT, "--kb", "KB", "--json", "--output", "x"], "exclude each other"),
        (["link", TEXT, "--kb", "KB", "--to", "pubtator"], "--to needs --output"),
        (["link", TEXT, "--kb", "KB", "--annotated", "--nested"], "exclude each other"),
        (["link", TEXT, "--kb", "KB", "--annotated"], "--annotated needs a file"),
        (["build-index", "none.sqlite"], "none.sqlite: there is no such file"),
        (["build-index", "KB", "--output", "KB"], "is a file"),
    ],
)
def test_errors_are_one_line(run, kb, arguments, message):
    status, out, err = run(*[kb if argument == "KB" else argument for argument in arguments])
    assert status == 1
    assert out == ""
    (line,) = [line for line in err.splitlines() if line.startswith("error:")]
    assert message in line


def test_missing_knowledge_base_is_an_error_though_the_text_names_nothing(run, tmp_path):
    status, _, err = run("link", "x", "--kb", tmp_path / "none.sqlite")
    assert status == 1
    assert "there is no such file" in err


@pytest.fixture(scope="module")
def linker(tmp_path_factory):
    """An archive that links every word to some concept, right or wrong."""
    folder = tmp_path_factory.mktemp("linker") / "run"
    config = Params.from_file("fixtures/models/multitask_entity_linker.jsonnet")
    model = train_model(config, str(folder))
    nil = model.vocab.get_token_index("O", "concept_labels")
    with torch.no_grad():
        model.word_tasks.labeller("entity_linking").softmax.linear.bias[nil] = -100.0
    torch.save(model.state_dict(), folder / "best.th")
    archive_model(str(folder), "best.th")
    return folder / "model.tar.gz"


def test_model_finds_mentions_types_and_concepts(run, linker, kb):
    status, out, _ = run("link", TEXT, "--model", linker, "--json")
    assert status == 0
    linked = json.loads(out)
    assert linked["mentions"]
    for mention in linked["mentions"]:
        assert TEXT[mention["start"] : mention["end"]] == mention["text"]
        for candidate in mention["candidates"]:
            assert candidate["id"].startswith("X:")
            assert 0 <= candidate["score"] <= 1
    assert any(mention["candidates"] for mention in linked["mentions"])
    # The same facts as lines, with the knowledge base's names of the concepts that it has.
    status, out, _ = run("link", TEXT, "--model", linker, "--kb", kb)
    assert status == 0
    assert out.splitlines()[0] == f"text: {len(linked['mentions'])} mentions"


def test_model_links_long_documents_in_any_format(run, linker, tmp_path):
    text = " ".join(["Zelorvine caused a rash in nine patients."] * 300)
    file = tmp_path / "long.txt"
    file.write_text(text)
    status, out, _ = run("link", file, "--model", linker, "--json")
    assert status == 0
    linked = json.loads(out)
    assert linked["id"] == "long"
    assert max(mention["end"] for mention in linked["mentions"]) > len(text) - 60
    assert all(text[m["start"] : m["end"]] == m["text"] for m in linked["mentions"])


@pytest.mark.parametrize(
    "options, message",
    [
        (["--generator", "exact"], "--generator cannot be used with --model"),
        (["--nested"], "--nested cannot be used with --model"),
        (["--types", "{}"], "--types cannot be used with --model"),
        (["--output", "x"], "--output cannot be used with --model"),
        (["--to", "jsonl"], "--to cannot be used with --model"),
        (["-k", "3"], "error: -k cannot be used with --model"),
        (["--kb", "none.sqlite"], "there is no such file"),
    ],
)
def test_options_of_the_dictionary_do_not_go_with_a_model(run, linker, options, message):
    status, _, err = run("link", TEXT, "--model", linker, *options)
    assert status == 1
    assert message in err


def test_a_model_that_finds_its_own_mentions_is_not_given_any(run, linker, tmp_path):
    file = tmp_path / "corpus.PubTator"
    file.write_text(PUBTATOR)
    status, _, err = run("link", file, "--from", "pubtator", "--model", linker, "--annotated")
    assert status == 1
    assert "finds its own mentions" in err


def test_either_a_dictionary_or_a_model_is_needed(run):
    status, _, err = run("link", TEXT)
    assert status == 1
    assert "--kb or --model is needed" in err


def test_names_of_other_types_are_no_mentions(run, kb):
    types = '{"Drug": ["Chemical"]}'
    status, out, _ = run("link", TEXT, "--kb", kb, "--types", types)
    assert status == 0
    assert out.splitlines() == [
        "text: 2 mentions",
        "  15-30  methamphetamine  Drug",
        "    1.000  X:01  Methamphetamine  [Chemical]",
        "  32-36  METH  Drug",
        "    1.000  X:01  Methamphetamine  [Chemical]",
    ]


def test_annotated_mentions_keep_their_types_and_get_concepts_of_those_asked_for(run, kb, tmp_path):
    file = tmp_path / "corpus.PubTator"
    file.write_text(PUBTATOR)
    arguments = ["link", file, "--from", "pubtator", "--kb", kb, "--annotated", "--json"]
    (drug,) = json.loads(run(*arguments, "--types", '{"Drug": ["Chemical"]}')[1])["mentions"]
    assert (drug["type"], drug["candidates"]) == ("Disease", [])
    (illness,) = json.loads(run(*arguments, "--types", '{"Ill": ["Disease"]}')[1])["mentions"]
    assert (illness["type"], illness["candidates"][0]["id"]) == ("Disease", "X:03")


@pytest.mark.parametrize(
    "options, types",
    [([], ["Disease", "Chemical", "Chemical"]), (["--types", '{"Ill": ["Disease"]}'], ["Ill"])],
)
def test_links_are_written_as_a_corpus_that_can_be_scored(run, kb, tmp_path, options, types):
    file, linked = tmp_path / "corpus.PubTator", tmp_path / "linked.jsonl"
    file.write_text(PUBTATOR)
    arguments = ["--from", "pubtator", "--kb", kb, "--output", linked]
    status, out, _ = run("link", file, *arguments, *options)
    assert status == 0
    assert f"wrote {linked}: 1 document, {counted(len(types), 'mention')}" in out
    document = Document.from_json(json.loads(linked.read_text()))
    assert [mention.type for mention in document.mentions] == types
    assert document.mentions[0].concept_ids == ("X:03",)
    assert document.mentions[0].score == 1.0
    status, out, _ = run("score", linked, file, "--gold-from", "pubtator")
    assert status == 0
    assert "links of mentions" in out


def test_bad_lines_of_a_file_are_left_out_if_told(run, kb, tmp_path):
    file = tmp_path / "corpus.PubTator"
    file.write_text(PUBTATOR.rstrip() + "\n1\tno\tannotation\n")
    arguments = ("link", file, "--from", "pubtator", "--kb", kb, "--json")
    status, _, err = run(*arguments)
    assert status == 1
    assert "unknown number of columns: 3" in err
    status, out, _ = run(*arguments, "--on-error", "skip")
    assert status == 0
    assert json.loads(out)["id"] == "1"


def test_model_that_predicts_no_concepts_cannot_link(run, toy_archive):
    status, _, err = run("link", TEXT, "--model", toy_archive)
    assert status == 1
    assert "cannot link: it predicts no concepts of mentions" in err
