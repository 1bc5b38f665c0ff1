from typing import Iterator

import huggingface_hub.constants
import pytest


@pytest.fixture(autouse=True, scope="package")
def offline() -> Iterator[None]:
    """Names that damage has made are not asked for on the hub."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", True)
        yield
