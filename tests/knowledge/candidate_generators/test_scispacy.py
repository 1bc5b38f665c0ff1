import importlib
import json
import pickle
import sys

import joblib
import numpy as np
import pytest
import scipy.sparse as sparse
from allennlp.common import Params
from allennlp.common.checks import ConfigurationError
from sklearn.feature_extraction.text import TfidfVectorizer

from bio_ie.knowledge import KnowledgeBaseError
from bio_ie.knowledge.candidate_generators import CandidateGenerator
from bio_ie.knowledge.candidate_generators.scispacy import without_library
from tests.knowledge.example_kb import EXAMPLE


@pytest.fixture
def config(tmp_path):
    """A candidate generator with the files that scispaCy publishes, for a few names. (scispaCy's
    own function that writes the files needs an old scipy.)"""
    nmslib = pytest.importorskip("nmslib", reason="scispaCy's index needs nmslib")
    kb_file = tmp_path / "kb.jsonl"
    with open(kb_file, "w", encoding="utf-8") as file:
        for concept_id, (type_, names) in EXAMPLE.items():
            entity = {"concept_id": concept_id, "canonical_name": names[0], "types": [type_]}
            file.write(json.dumps({**entity, "aliases": list(names)}) + "\n")
    names = sorted({name for _, some in EXAMPLE.values() for name in some})
    vectorizer = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 3), dtype=np.float32)
    vectors = vectorizer.fit_transform(names)
    folder = tmp_path / "index"
    folder.mkdir()
    joblib.dump(vectorizer, folder / "tfidf_vectorizer.joblib")
    sparse.save_npz(folder / "tfidf_vectors_sparse.npz", vectors)
    (folder / "concept_aliases.json").write_text(json.dumps(names))
    index = nmslib.init(
        method="hnsw", space="cosinesimil_sparse", data_type=nmslib.DataType.SPARSE_VECTOR
    )
    index.addDataPointBatch(vectors)
    index.createIndex({"M": 16, "indexThreadQty": 1, "efConstruction": 100, "post": 0})
    index.saveIndex(str(folder / "nmslib_index.bin"))
    return {"type": "scispacy", "index": str(folder), "kb_file": str(kb_file), "k": 3}


def build(config):
    return CandidateGenerator.from_params(Params(dict(config)))


def test_finds_names_by_the_index(config):
    generator = build(config)
    found = generator.generate(["seizures", "cold", "", "qqq"], ["Disease"] * 4)
    assert found[0][0].concept_id == "X:03"
    assert [item.concept_id for item in found[1][:2]] == ["X:06", "X:07"]
    assert found[0][0].score == pytest.approx(1, abs=1e-5)
    assert found[2:] == [[], []]
    assert all(len(items) <= 3 for items in found)
    assert pickle.loads(pickle.dumps(generator)).generate(["cold"]) == [found[1]]


@pytest.mark.parametrize(
    "missing", ["nmslib_index.bin", "tfidf_vectorizer.joblib", "concept_aliases.json"]
)
def test_missing_file_is_named(config, missing, tmp_path):
    (tmp_path / "index" / missing).unlink()
    with pytest.raises(KnowledgeBaseError, match=f"{missing}: this file is missing"):
        build(config).generate(["cold"])


def test_missing_folder_and_kb_are_named(config, tmp_path):
    with pytest.raises(
        KnowledgeBaseError, match="this folder with an index of scispaCy does not exist"
    ):
        build({**config, "index": str(tmp_path / "none")}).generate(["cold"])
    with pytest.raises(KnowledgeBaseError, match=r"none\.jsonl: this file is missing"):
        build({**config, "kb_file": str(tmp_path / "none.jsonl")}).generate(["cold"])


def test_broken_file_is_an_error_that_names_the_index(config, tmp_path):
    (tmp_path / "index" / "concept_aliases.json").write_text("[")
    with pytest.raises(KnowledgeBaseError, match="scispaCy cannot read the index"):
        build(config).generate(["cold"])


def test_missing_library_is_explained(config, monkeypatch):
    monkeypatch.setitem(sys.modules, "scispacy.candidate_generation", None)
    with pytest.raises(ConfigurationError, match="use the generator 'tfidf'"):
        build(config).generate(["cold"])


@pytest.mark.parametrize(
    "version, told",
    [((3, 12), "run: pip install nmslib-metabrainz"), ((3, 13), "use an earlier Python")],
)
def test_missing_nmslib_is_explained(monkeypatch, version, told):
    monkeypatch.setitem(sys.modules, "nmslib", None)
    monkeypatch.delitem(sys.modules, "scispacy.candidate_generation", raising=False)
    with pytest.raises(ImportError) as raised:
        importlib.import_module("scispacy.candidate_generation")
    monkeypatch.setattr(sys, "version_info", version)
    assert without_library(raised.value).startswith("needs a library that is missing: ")
    assert told in without_library(raised.value)


def test_too_few_neighbours_are_a_wrong_setting(config):
    with pytest.raises(ConfigurationError, match="num_neighbours must be at least k = 3"):
        build({**config, "num_neighbours": 2})
