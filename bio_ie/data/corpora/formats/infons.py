"""Infons, the key-value pairs of BioC. Their values are text; metadata may be any JSON value."""

import json
import math
from typing import Any, Dict, Iterable, Mapping, Optional

from bio_ie.files.bad_items import BadItem
from bio_ie.files.corpus_error import quoted
from bio_ie.files.strict_json import parse_json

_JSON = "json:"
"""The prefix of the key of a value that is written as JSON."""


def read_infons(infons: Any) -> Dict[str, Any]:
    """The infons of a BioC object. Published BioC JSON also has values that are not text, which are
    kept."""
    if infons is None:
        return {}
    if not isinstance(infons, Mapping) or not all(isinstance(key, str) for key in infons):
        raise BadItem("infons are not an object with text as keys", quoted(infons))
    return {key: "" if value is None else value for key, value in infons.items()}


def take_text(infons: Dict[str, Any], key: str) -> Optional[str]:
    """Removes and returns the value of `key` if it is text or a whole number, which is turned into
    text. Other values are not removed, and the result is `None`."""
    value = infons.get(key)
    if not isinstance(value, (str, int)) or isinstance(value, bool):
        return None
    return str(infons.pop(key))


def take_relation_type(infons: Dict[str, Any]) -> str:
    """Removes and returns the type of a relation. Raises `BadItem` if there is none."""
    for key in ("type", "relation"):
        type_ = take_text(infons, key)
        if type_ is not None:
            return type_
    raise BadItem("relation without a type", quoted(infons))


def take_score(infons: Dict[str, Any]) -> Optional[float]:
    """Removes and returns `score` if it is a number. Any other value is not removed, and the result
    is `None`."""
    try:
        score = float(infons["score"])
    except (KeyError, TypeError, ValueError, OverflowError):
        return None
    if not math.isfinite(score):
        return None
    del infons["score"]
    return score


def metadata_of(infons: Mapping[str, Any]) -> Dict[str, Any]:
    """The metadata for the infons that are left after the known ones were taken. This is the
    inverse of `write_metadata`."""
    metadata: Dict[str, Any] = {}
    for key, value in infons.items():
        if key.startswith(_JSON) and isinstance(value, str):
            try:
                metadata[key[len(_JSON) :]] = parse_json(value)
                continue
            except ValueError:
                pass
        metadata[key] = value
    return metadata


def write_metadata(
    infons: Dict[str, str], metadata: Optional[Mapping[str, Any]], reserved: Iterable[str] = ()
) -> None:
    """Adds `metadata` to the infons. Text is added as it is. Other values, and values with a
    `reserved` key, are added as JSON."""
    reserved = frozenset(reserved)
    for key, value in (metadata or {}).items():
        if isinstance(value, str) and key not in reserved and not key.startswith(_JSON):
            infons[key] = value
        else:
            infons[_JSON + key] = json.dumps(value, ensure_ascii=False)
