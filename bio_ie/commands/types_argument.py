"""Types of entities as a user types them on the command line."""

import json
from typing import Dict, List, Optional

from allennlp.common.checks import ConfigurationError


def types_argument(argument: Optional[str]) -> Optional[Dict[str, List[str]]]:
    """Each type with its semantic types, from a JSON object. Raises `ConfigurationError` for what
    is none."""
    if argument is None:
        return None
    try:
        value = json.loads(argument)
    except (ValueError, RecursionError) as error:
        raise ConfigurationError(f"--types is not valid JSON: {error}") from error
    if not isinstance(value, dict) or not value:
        raise ConfigurationError(f"--types must be a JSON object, not {argument}")
    return value
