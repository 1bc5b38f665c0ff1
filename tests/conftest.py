import os
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def corpus_folder() -> Path:
    """The folder of real corpora, named by `BIO_IE_DATA`; tests that need it skip without it."""
    folder = Path(os.environ.get("BIO_IE_DATA") or "data")
    if not folder.is_dir():
        pytest.skip(f"real corpora are absent: BIO_IE_DATA (or {folder}/) is no folder")
    return folder


@pytest.fixture(scope="session")
def fixtures_folder() -> Path:
    return Path(__file__).parent.parent / "fixtures"
