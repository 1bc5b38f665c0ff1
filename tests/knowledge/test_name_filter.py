import os
import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bio_ie.knowledge import KnowledgeBase
from bio_ie.knowledge import name_filter as module
from bio_ie.knowledge.candidate_generators import ExactCandidateGenerator
from bio_ie.knowledge.dictionary_matcher import DictionaryMatcher
from bio_ie.knowledge.name_filter import BEGINNING, NAME, NameFilter, name_filter
from bio_ie.knowledge.text_hash import text_hash

words = st.text(st.sampled_from("abc\ud800é"), min_size=1, max_size=3)
names = st.lists(st.lists(words, min_size=1, max_size=4).map(" ".join), max_size=30)


@given(names)
def test_no_name_and_no_beginning_of_a_name_is_denied(names):
    for given_names in (names, sorted(set(names))):
        filter_ = NameFilter.build(given_names, len(names))
        for name in names:
            assert filter_.look_up(name) & NAME
            parts = name.split(" ")
            for number in range(1, len(parts)):
                assert filter_.look_up(" ".join(parts[:number])) & BEGINNING


@given(names, names)
def test_many_texts_are_looked_up_by_their_hashes(names, others):
    filter_ = NameFilter.build(names, len(names))
    texts = [*names, *others]
    hashes = np.array(list(map(text_hash, texts)), dtype=np.uint64)
    assert filter_.look_up_hashes(hashes).tolist() == list(map(filter_.look_up, texts))


def test_few_other_texts_are_taken_for_names():
    filter_ = NameFilter.build((f"name {number}" for number in range(5_000)), 5_000)
    others = [filter_.look_up(f"other {number}") for number in range(5_000)]
    assert sum(bool(may_be & NAME) for may_be in others) < 150
    assert sum(bool(may_be & BEGINNING) for may_be in others) < 150


@pytest.fixture
def kept(monkeypatch):
    """Every filter is kept, not only those of large knowledge bases."""
    monkeypatch.setattr(module, "KEPT_NAMES", 0)


@pytest.fixture
def file(example_kb):
    path = f"{example_kb.path}.names"
    yield path
    if os.path.exists(path):
        os.remove(path)


def test_the_filter_of_a_large_knowledge_base_is_kept(example_kb, file, kept, monkeypatch):
    built = name_filter(example_kb)
    assert os.path.exists(file)
    monkeypatch.setattr(NameFilter, "build", None)  # not built again
    opened = name_filter(example_kb)
    for name in example_kb.normalized_names():
        assert built.look_up(name) == opened.look_up(name) == built.look_up(name) | NAME


def test_the_filter_of_a_small_knowledge_base_is_not_kept(example_kb, file):
    name_filter(example_kb)
    assert not os.path.exists(file)


@pytest.mark.parametrize("damage", ["another knowledge base", "cut off", "empty", "other"])
def test_a_filter_that_does_not_fit_is_built_again(example_kb, file, kept, damage):
    name_filter(example_kb)
    with open(file, "rb") as opened:
        content = opened.read()
    fingerprint = example_kb.fingerprint.encode()
    with open(file, "wb") as opened:
        opened.write(
            {
                "another knowledge base": content.replace(fingerprint, fingerprint[::-1]),
                "cut off": content[:-1],
                "empty": b"",
                "other": b"something else",
            }[damage]
        )
    found = name_filter(example_kb)
    assert all(found.look_up(name) & NAME for name in example_kb.normalized_names())
    with open(file, "rb") as opened:
        assert opened.read() == content


def test_a_folder_that_cannot_be_written_to_is_left_as_it_is(example_kb, file, kept, monkeypatch):
    def refuse(*_):
        raise PermissionError("read-only")

    monkeypatch.setattr(module, "atomic_writer", refuse)
    found = name_filter(example_kb)
    assert all(found.look_up(name) & NAME for name in example_kb.normalized_names())
    assert not os.path.exists(file)


def test_a_matcher_with_a_mapped_filter_can_be_pickled(example_kb, file, kept):
    name_filter(example_kb)
    matcher = DictionaryMatcher(ExactCandidateGenerator(KnowledgeBase(example_kb.path)))
    expected = matcher.match(["Epilepsy and a common cold"])
    assert len(expected[0]) > 2
    assert pickle.loads(pickle.dumps(matcher)).match(["Epilepsy and a common cold"]) == expected


def test_file_of_other_code_is_built_anew(tmp_path, monkeypatch):
    path = tmp_path / "kb.sqlite.names"
    NameFilter.build(["a b"], 1, "fingerprint").save(path)
    assert NameFilter.open(path, "fingerprint") is not None
    monkeypatch.setattr("bio_ie.knowledge.name_filter.text_hash", lambda text: len(text))
    assert NameFilter.open(path, "fingerprint") is None
