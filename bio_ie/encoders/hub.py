"""Whether the Hugging Face hub can be reached."""

from functools import cache

import httpx
from huggingface_hub import constants
from huggingface_hub.utils import get_session

TIMEOUT = 10.0
"""Seconds to wait for the hub's first answer."""


def hub_is_reachable() -> bool:
    """Whether the hub answers. It is asked once in a process, and never if it is switched off
    (`HF_HUB_OFFLINE`).

    The hub's own functions ask for each file of an encoder six times and wait in between, which
    takes minutes without a network, even if all files are in the cache.
    """
    return not constants.is_offline_mode() and _answers(constants.ENDPOINT)


def why_unreachable() -> str:
    """Why `hub_is_reachable` is false, as a clause."""
    if constants.is_offline_mode():
        return "HF_HUB_OFFLINE switches the Hugging Face hub off"
    return f"the Hugging Face hub ({constants.ENDPOINT}) cannot be reached"


@cache
def _answers(endpoint: str) -> bool:
    try:
        get_session().head(endpoint, timeout=TIMEOUT)
    except (httpx.HTTPError, httpx.InvalidURL, OSError):
        return False
    return True
