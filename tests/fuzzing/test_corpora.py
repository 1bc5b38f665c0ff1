"""Every format reads any file or raises a clear error; what was read can be written."""

import json
import shutil
import tempfile
import warnings
from pathlib import Path
from typing import Any, Dict, List, Tuple

import pytest
from allennlp.common import Params

from bio_ie.data.corpora import CorpusFormat
from bio_ie.rendering import render
from bio_ie.text.document import Document
from tests.fuzzing.mutations import mutated_file, outcome, rounds

_CTD = {"format": {"type": "pubtator"}, "facts": "{}/chemicals_diseases.tsv"}
_CSV = {"format": {"type": "pubtator"}, "facts": "{}/chem_gene_ixns.csv"}

READ: List[Tuple[Dict[str, Any], str, str]] = [
    ({"type": "ade"}, "ade", "DRUG-AE.rel"),
    ({"type": "bioc_json"}, "bioc_json", "sample.json"),
    ({"type": "bioc_xml"}, "bioc_xml", "sample.xml"),
    ({"type": "biorelex"}, "biorelex", "sentences.json"),
    ({"type": "blinded_tsv"}, "blinded_tsv", "train.tsv"),
    ({"type": "brat"}, "brat", "."),
    ({"type": "gsc_plus"}, "gsc_plus", "."),
    ({"type": "i2b2"}, "i2b2", "."),
    ({"type": "jats"}, "jats", "."),
    ({"type": "jats", "captions": True, "tables": True, "footnotes": True}, "jats", "."),
    ({"type": "jsonl"}, "jsonl", "sample.jsonl"),
    ({"type": "lstm_er"}, "lstm_er", "."),
    ({"type": "pubmed_xml"}, "pubmed_xml", "."),
    ({"type": "pubmed_xml", "versions": "all"}, "pubmed_xml", "baseline.xml"),
    ({"type": "pubtator"}, "pubtator", "cdr_like.PubTator.txt"),
    ({"type": "pubtator"}, "pubtator", "biored_like.PubTator.txt"),
    ({"type": "sentence_jsonl"}, "sentence_jsonl", "sentences.jsonl"),
    ({"type": "spert"}, "spert", "sentences.json"),
    ({"type": "text"}, "text", "notes.txt"),
    ({"type": "ctd", **_CTD}, "ctd", "abstracts.PubTator.txt"),
    ({"type": "ctd", **_CSV}, "ctd", "abstracts.PubTator.txt"),
]
"""A format with its settings, its folder of fixtures, and the path to read in it."""

WRITABLE = ("bioc_json", "bioc_xml", "brat", "jsonl", "pubtator", "spert")


def built(settings: Dict[str, Any], folder: str, on_error: str) -> CorpusFormat:
    params = json.loads(json.dumps(settings).replace("{}", folder))
    params.get("format", params)["on_error"] = on_error
    return CorpusFormat.from_params(Params(params))


def read(corpus_format: CorpusFormat, path: Path) -> List[Document]:
    return list(corpus_format.read(path))


def written(documents: List[Document], name: str, folder: Path) -> None:
    CorpusFormat.by_name(name)().write(documents, folder / name)


@pytest.mark.parametrize(("settings", "folder", "path"), READ)
def test_damaged_corpora(
    settings: Dict[str, Any], folder: str, path: str, fixtures_folder: Path
) -> None:
    for rng in rounds(25):
        with tempfile.TemporaryDirectory() as temporary, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            copied = Path(temporary, "in")
            shutil.copytree(fixtures_folder / "corpora" / folder, copied)
            files = sorted(file for file in copied.rglob("*") if file.is_file())
            mutated_file(rng, rng.choice(files))
            on_error = rng.choice(("raise", "skip"))
            corpus_format = built(settings, str(copied), on_error)
            documents = outcome(read, corpus_format, copied / path)
            if not documents:
                continue
            for document in documents:
                text = json.dumps(document.to_json(), ensure_ascii=False).encode("utf-8")
                assert Document.from_json(json.loads(text)) == document
            outcome(written, documents, rng.choice(WRITABLE), Path(temporary))
            if rng.random() < 0.2:
                outcome(render, documents)
