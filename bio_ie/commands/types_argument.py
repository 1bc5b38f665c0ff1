"""Types of entities as a user types them on the command line."""

import json
from typing import Dict, List, Optional

from allennlp.common.checks import ConfigurationError


def types_argument(
    argument: Optional[str], option: str = "--types"
) -> Optional[Dict[str, List[str]]]:
    """Each type with its semantic types, from a JSON object. Raises `ConfigurationError` for what
    is none, or has no types."""
    if argument is None:
        return None
    try:
        value = json.loads(argument)
    except (ValueError, RecursionError) as error:
        raise ConfigurationError(f"{option} is not valid JSON: {error}") from error
    if not isinstance(value, dict) or not value:
        raise ConfigurationError(f"{option} must be a JSON object, not {argument}")
    return value
