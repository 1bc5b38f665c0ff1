"""Reads types of entities from an argument of the command line."""

import json
from typing import Dict, List, Optional

from allennlp.common.checks import ConfigurationError


def types_argument(
    argument: Optional[str], option: str = "--types"
) -> Optional[Dict[str, List[str]]]:
    """The semantic types of each type, from a JSON object. Raises `ConfigurationError` if the
    argument is not a JSON object, or has no types."""
    if argument is None:
        return None
    try:
        value = json.loads(argument)
    except (ValueError, RecursionError) as error:
        raise ConfigurationError(f"{option} is not valid JSON: {error}") from error
    if not isinstance(value, dict) or not value:
        raise ConfigurationError(f"{option} must be a JSON object with types, not {argument}")
    return value
