import csv
import gzip
import json
import sys
from pathlib import Path
from typing import Any

import networkx
import pytest
from allennlp.commands import main

import bio_ie.commands  # noqa: F401 (registers the subcommand)
from bio_ie.data.corpora.formats.jsonl import JsonlFormat
from bio_ie.text.document import Document, Fact, Mention

FACTS = "fixtures/corpora/facts/documents.jsonl"


def run(monkeypatch: pytest.MonkeyPatch, *arguments: Any) -> None:
    monkeypatch.setattr(sys, "argv", ["bio-ie", "facts", *map(str, arguments)])
    main(prog="bio-ie")


def test_writes_a_table(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    output = tmp_path / "facts.tsv"
    run(monkeypatch, FACTS, "--output", output)
    assert "6 facts between 8 concepts, from 6 documents" in capsys.readouterr().out
    with open(output, encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    assert len(rows) == 6
    row = next(row for row in rows if (row["head"], row["tail"]) == ("X:C1", "X:D2"))
    assert row["head_name"].lower() == "zelorvine"
    assert row["type"] == "causes"
    assert row["num_documents"] == "2"
    assert row["documents"] == "f1;f6"
    assert float(row["noisy_or"]) == 1.0
    assert "Liver failure after zelorvine." in row["evidence"].split(" || ")


def test_writes_objects_with_names_of_a_knowledge_base(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, facts_kb: Path
) -> None:
    output = tmp_path / "facts.jsonl.gz"
    run(monkeypatch, FACTS, "--output", output, "--kb", facts_kb)
    with gzip.open(output, "rt", encoding="utf-8") as file:
        facts = [json.loads(line) for line in file]
    assert {fact["head_name"] for fact in facts} <= {
        "zelorvine",
        "carbatrol",
        "menofil",
        "dapsorel",
    }
    assert all({"document", "sentence"} == item.keys() for f in facts for item in f["evidence"])


def test_writes_a_graph_that_others_can_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    output = tmp_path / "facts.graphml"
    run(monkeypatch, FACTS, "--output", output, "--max-evidence", 1)
    graph = networkx.read_graphml(output, force_multigraph=True)
    assert graph.number_of_edges() == 6
    assert graph.nodes["X:C1"]["name"].lower() == "zelorvine"
    (edge,) = graph["X:C1"]["X:D2"].values()
    assert edge["type"] == "causes"
    assert edge["num_documents"] == 2
    assert edge["evidence"] == "Liver failure after zelorvine."


def test_a_control_character_does_not_break_the_graph(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "A\x01 and B."
    mentions = [Mention("1", 0, 2, "T", ("X:A",)), Mention("2", 7, 8, "T", ("X:B",))]
    facts = [Fact("r", "X:A", "X:B", 0.5)]
    JsonlFormat().write(
        [Document("a", text, mentions=mentions, facts=facts)], tmp_path / "in.jsonl"
    )
    run(monkeypatch, tmp_path / "in.jsonl", "--output", tmp_path / "out.graphml")
    graph = networkx.read_graphml(tmp_path / "out.graphml", force_multigraph=True)
    (edge,) = graph["X:A"]["X:B"].values()
    assert edge["evidence"] == "A  and B."


def test_the_graph_is_that_of_the_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = "Ä<\"&'> and B."
    mentions = [Mention("1", 0, 7, "T", ('X:"<A>',)), Mention("2", 12, 13, "T", ("X:B",))]
    facts = [Fact("r<&", 'X:"<A>', "X:B", 0.25), Fact("s", "X:B", "X:B"), Fact("r", "X:C", "X:B")]
    given = [Document(id_, text, mentions=mentions, facts=facts) for id_ in ("a&", "b")]
    JsonlFormat().write(given, tmp_path / "in.jsonl")
    run(monkeypatch, tmp_path / "in.jsonl", "--output", tmp_path / "out.graphml")
    run(monkeypatch, tmp_path / "in.jsonl", "--output", tmp_path / "out.jsonl")
    graph = networkx.read_graphml(tmp_path / "out.graphml", force_multigraph=True)
    expected = networkx.MultiDiGraph()
    for line in (tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines():
        fact = json.loads(line)
        for end in ("head", "tail"):
            expected.add_node(fact[end], name=fact[f"{end}_name"])
        values = {key: fact[key] for key in ("type", "best", "noisy_or", "num_documents")}
        values["documents"] = ";".join(fact["documents"])
        values["evidence"] = " || ".join(item["sentence"] for item in fact["evidence"])
        expected.add_edge(fact["head"], fact["tail"], **values)
    assert dict(graph.nodes(data=True)) == dict(expected.nodes(data=True))
    key = str
    assert sorted(graph.edges(data=True), key=key) == sorted(expected.edges(data=True), key=key)


def test_another_suffix_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        run(monkeypatch, FACTS, "--output", tmp_path / "facts.xlsx")
    assert "must end in .tsv, .jsonl, .graphml" in capsys.readouterr().err
