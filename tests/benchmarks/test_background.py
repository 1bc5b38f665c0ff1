import gzip
import json
import re

import pytest
from allennlp.commands.train import train_model
from allennlp.common import Params

from benchmarks.background import main, read_abstracts


@pytest.fixture(scope="module")
def archive(toy_kb, tmp_path_factory):
    params = Params.from_file("fixtures/models/keci.jsonnet").as_dict(quiet=True)
    for reader in ("dataset_reader", "validation_dataset_reader"):
        params[reader]["background"]["kb"]["path"] = str(toy_kb)
    params["trainer"]["num_epochs"] = 1
    folder = tmp_path_factory.mktemp("keci") / "run"
    train_model(Params(params), folder)
    return folder / "model.tar.gz"


def test_command_prints_the_throughput_of_each_stage(archive, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("BIO_IE_DATA", str(tmp_path))
    main([str(archive), "--abstracts", "2"])
    source, *stages = capsys.readouterr().out.splitlines()
    assert source == "2 demo abstracts"
    assert [stage.partition(" (")[0].partition(":")[0] for stage in stages] == [
        "sentences and words",
        "knowledge base lookups",
        "graph building",
        "model, in batches of 32",
        "all together",
    ]
    assert all(re.search(r"[\d,.]+ abstracts/s$", stage) for stage in stages)


def test_archive_without_a_knowledge_base_is_refused(toy_archive):
    with pytest.raises(SystemExit, match="has no background"):
        main([str(toy_archive), "--abstracts", "1"])


def test_abstracts_of_the_corpus_folder_are_title_and_abstract(tmp_path):
    (tmp_path / "pubmed_text").mkdir()
    with gzip.open(tmp_path / "pubmed_text" / "abstracts.jsonl.gz", "wt") as file:
        for number in range(3):
            file.write(json.dumps({"id": str(number), "title": "T.", "abstract": "A."}) + "\n")
    source, documents = read_abstracts(2, tmp_path)
    assert source == "2 abstracts of PubMed"
    assert [(document.id, document.text) for document in documents] == [
        ("0", "T.\nA."),
        ("1", "T.\nA."),
    ]
