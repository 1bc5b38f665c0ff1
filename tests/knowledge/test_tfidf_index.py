import json
import os
import shutil

import numpy as np
import pytest
from allennlp.common.checks import ConfigurationError

from bio_ie.knowledge import KnowledgeBase, KnowledgeBaseError
from bio_ie.knowledge.tfidf_index import TfidfIndex, build_tfidf_index, index_folder
from bio_ie.knowledge.tfidf_vectors import TfidfVectors
from tests.knowledge.example_kb import EXAMPLE, write_example_kb


def files_of(kb):
    folder = index_folder(kb)
    description = json.loads((folder / "index.json").read_text())
    return folder / description["files"]


def test_summary_counts_names_and_concepts(example_kb):
    summary = build_tfidf_index(example_kb)
    names = [name for _, some in EXAMPLE.values() for name in some]
    assert summary.concepts == len(EXAMPLE)
    assert summary.names == len(names)
    # "Cold" occurs twice, and "Seizures" and "Seizure" are the same after stemming.
    assert summary.distinct_names == len(names) - 2
    assert TfidfIndex(example_kb).concept_ids.tolist() == sorted(EXAMPLE)


def test_missing_index_names_the_command_that_builds_it(example_kb):
    with pytest.raises(KnowledgeBaseError, match=r"no TF-IDF index; .*bio-ie build-index .*kb.sql"):
        TfidfIndex(example_kb)
    with pytest.raises(KnowledgeBaseError, match=r"build-index .* --output /no/where"):
        TfidfIndex(example_kb, "/no/where")


def test_missing_knowledge_base_is_said_before_a_missing_index(tmp_path):
    with pytest.raises(KnowledgeBaseError, match="no such file"):
        TfidfIndex(KnowledgeBase(str(tmp_path / "none.sqlite")))


def test_index_of_other_content_is_stale(indexed_kb, tmp_path):
    changed = {**EXAMPLE, "X:11": ("Disease", ["Fever"])}
    kb = write_example_kb(tmp_path / "kb.sqlite", changed)
    with pytest.raises(KnowledgeBaseError, match=r"is stale: .*other content.*build-index"):
        TfidfIndex(kb)
    build_tfidf_index(kb)
    assert "X:11" in TfidfIndex(kb).concept_ids


def test_index_of_equal_content_is_not_stale(indexed_kb, tmp_path):
    TfidfIndex(write_example_kb(tmp_path / "kb.sqlite"))


def test_index_of_another_version_is_refused(indexed_kb):
    path = index_folder(indexed_kb) / "index.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "version": 0}))
    with pytest.raises(
        KnowledgeBaseError, match=r"version 0, but this program reads version 1.*build-index"
    ):
        TfidfIndex(indexed_kb)


@pytest.mark.parametrize(
    "file", ["all_types/weights.npy", "words.txt", "words_idf.npy", "concepts.npy", "index"]
)
@pytest.mark.parametrize("damage", ["cut", "gone"])
def test_damaged_index_is_one_error(indexed_kb, file, damage):
    folder = index_folder(indexed_kb)
    path = folder / "index.json" if file == "index" else files_of(indexed_kb) / file
    if damage == "gone":
        path.unlink()
    else:
        path.write_bytes(path.read_bytes()[:-9])
    with pytest.raises(KnowledgeBaseError, match="build-index"):
        TfidfIndex(indexed_kb)


@pytest.mark.parametrize("array", ["names", "features", "name_starts", "name_concepts"])
@pytest.mark.parametrize("number", [-1, 2**30])
def test_numbers_that_lead_out_of_an_index_are_one_error(indexed_kb, array, number):
    path = files_of(indexed_kb) / "all_types" / f"{array}.npy"
    numbers = np.load(path)
    numbers[len(numbers) // 2] = number
    np.save(path, numbers)
    with pytest.raises(KnowledgeBaseError, match=r"is damaged \(.*build-index"):
        TfidfIndex(indexed_kb)


def test_interrupted_build_leaves_the_old_index(indexed_kb, monkeypatch):
    before = files_of(indexed_kb)

    def interrupted(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as context:
        context.setattr(TfidfVectors, "save", interrupted)
        with pytest.raises(KeyboardInterrupt):
            build_tfidf_index(indexed_kb)
    assert files_of(indexed_kb) == before
    TfidfIndex(indexed_kb)
    assert len(list(index_folder(indexed_kb).iterdir())) == 2


def test_first_build_that_is_interrupted_leaves_no_index(example_kb, monkeypatch):
    monkeypatch.setattr(np, "save", lambda *_: (_ for _ in ()).throw(OSError(28, "disk is full")))
    with pytest.raises(KnowledgeBaseError, match="disk is full"):
        build_tfidf_index(example_kb)
    assert list(index_folder(example_kb).iterdir()) == []


def test_open_index_survives_a_new_one(indexed_kb):
    index = TfidfIndex(indexed_kb)
    queries = index.vectors.transform(["seizur"])
    before = index.names().nearest(queries, 3)
    build_tfidf_index(indexed_kb)
    assert index.names().nearest(queries, 3).concepts.tolist() == before.concepts.tolist()
    assert not index._files.exists()


def test_concurrent_build_is_refused(example_kb):
    from bio_ie.knowledge import tfidf_index

    folder = index_folder(example_kb)
    with (
        tfidf_index._building(folder, {}),
        pytest.raises(KnowledgeBaseError, match="another process"),
        tfidf_index._building(folder, {}),
    ):
        pass


def test_names_without_a_pair_of_characters_cannot_be_indexed(tmp_path):
    kb = write_example_kb(tmp_path / "kb.sqlite", {"X:1": ("T", ["K", "+-"])})
    with pytest.raises(KnowledgeBaseError, match="nothing to index"):
        build_tfidf_index(kb)


def test_folder_that_is_a_file_is_an_error(example_kb, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(KnowledgeBaseError, match="is a file"):
        build_tfidf_index(example_kb, str(tmp_path / "file"))


def test_names_of_types_are_kept_beside_the_index(indexed_kb):
    names = TfidfIndex(indexed_kb).names(["Disease", "Finding"])
    (folder,) = files_of(indexed_kb).glob("types-*")
    assert 0 < names.num_names < TfidfIndex(indexed_kb).names().num_names
    modified = folder.stat().st_mtime_ns
    again = TfidfIndex(indexed_kb).names(["Finding", "Disease", "Finding"])
    assert again.num_names == names.num_names
    assert folder.stat().st_mtime_ns == modified


def test_names_of_types_work_where_nothing_can_be_written(indexed_kb, monkeypatch):
    monkeypatch.setattr(os, "replace", lambda *_: (_ for _ in ()).throw(PermissionError()))
    names = TfidfIndex(indexed_kb).names(["Disease"])
    assert names.num_names
    assert not list(files_of(indexed_kb).glob("types-*"))


def test_type_without_concepts_is_a_wrong_setting(indexed_kb):
    with pytest.raises(ConfigurationError, match="semantic types Disese"):
        TfidfIndex(indexed_kb).names(["Disese"])


def test_folder_can_be_elsewhere(example_kb, tmp_path):
    folder = tmp_path / "deep" / "index"
    build_tfidf_index(example_kb, str(folder))
    TfidfIndex(example_kb, str(folder))
    shutil.rmtree(folder)
    with pytest.raises(KnowledgeBaseError, match="no TF-IDF index"):
        TfidfIndex(example_kb, str(folder))
