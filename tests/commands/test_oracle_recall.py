import json
from functools import partial

import pytest

from bio_ie.knowledge.tfidf_index import build_tfidf_index
from tests.knowledge.example_kb import write_example_kb

PUBTATOR = """1|t|Seizures after methamphetamine (METH).
1|a|A cold followed METH.
1\t0\t8\tSeizures\tDisease\tX:03
1\t32\t36\tMETH\tChemical\t-1
1\t41\t45\tcold\tDisease\tX:07
1\tcauses\tX:01\tX:03
1\tcauses\tX:01\tX:06
1\tworsens\tX:03\tX:99
"""


@pytest.fixture
def corpus(tmp_path):
    path = tmp_path / "corpus.PubTator"
    path.write_text(PUBTATOR)
    return path


@pytest.fixture
def kb(tmp_path):
    kb = write_example_kb(tmp_path / "kb.sqlite")
    build_tfidf_index(kb)
    return kb.path


@pytest.fixture
def run(run, corpus, kb):
    return partial(run, "oracle-recall", corpus, "--from", "pubtator", "--kb", kb)


def test_table_has_a_row_for_each_relation(run):
    status, out, _ = run("-k", "1", "2", "--threads", "1")
    assert status == 0
    assert [line.split() for line in out.splitlines()] == [
        ["1", "document"],
        [],
        ["relation", "facts", "unknown", "linked", "top", "1", "top", "2"],
        ["all", "3", "1", "0.0", "66.7", "66.7"],
        ["causes", "2", "0", "0.0", "100.0", "100.0"],
        ["worsens", "1", "1", "0.0", "0.0", "0.0"],
    ]


@pytest.mark.parametrize(
    "options, found",
    [
        ([], {"1": 2, "25": 2}),
        (["--generator", "exact"], {"1": 2, "25": 2}),
        (["--generator", "exact", "--as-written"], {"1": 0, "25": 0}),
        (["--semantic-types", '{"Disease": ["Finding"]}'], {"1": 0, "25": 0}),
    ],
)
def test_options_reach_the_generator_and_counts_the_file(options, found, run, tmp_path):
    status, _, _ = run("--output", tmp_path / "out.json", *options)
    assert status == 0
    row = json.loads((tmp_path / "out.json").read_text())["relations"]["all"]
    assert {rank: part["found"] for rank, part in row["candidates"].items()} == found


@pytest.mark.parametrize(
    "options, message",
    [
        (["--kb", "none.sqlite"], "none.sqlite: there is no such file"),
        (["-k", "0"], "must be positive"),
        (["--semantic-types", "{"], "--semantic-types is not valid JSON"),
        (["--semantic-types", "[]"], "--semantic-types must be a JSON object"),
        (["--from", "jsonl"], "corpus.PubTator:1: "),
    ],
)
def test_errors_are_one_line(options, message, run):
    status, out, err = run(*options)
    assert status == 1
    assert out == ""
    (line,) = [line for line in err.splitlines() if line.startswith("error:")]
    assert message in line


def test_corpus_without_facts_is_an_error(run, corpus):
    corpus.write_text("1|t|A\n1|a|\n")
    status, _, err = run()
    assert status == 1
    assert "the corpus has no facts" in err
