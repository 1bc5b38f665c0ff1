from pathlib import Path

import pytest

from bio_ie.knowledge import KnowledgeBase
from bio_ie.knowledge.tfidf_index import build_tfidf_index
from tests.knowledge.example_kb import write_example_kb


@pytest.fixture
def example_kb(tmp_path: Path) -> KnowledgeBase:
    return write_example_kb(tmp_path / "kb.sqlite")


@pytest.fixture
def indexed_kb(example_kb: KnowledgeBase) -> KnowledgeBase:
    build_tfidf_index(example_kb)
    return example_kb
