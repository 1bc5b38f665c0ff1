"""Makes AllenNLP refuse a number where a config needs `true` or `false`, and the reverse.

AllenNLP casts one to the other: `num_epochs: true` would train for one epoch, and `shuffle: 2`
would shuffle.
"""

from typing import Any

from allennlp.common import from_params
from allennlp.common.checks import ConfigurationError

_NEEDED = {int: "a whole number", bool: "true or false"}

_construct = from_params.construct_arg


def construct_strictly(
    class_name: str, argument_name: str, value: Any, annotation: Any, default: Any, **extras: Any
) -> Any:
    """AllenNLP's `construct_arg`, which builds the value of one parameter of a class from a config.

    Raises `ConfigurationError` for a number in place of `true` or `false`, and the reverse.
    """
    is_other = {int: bool, bool: int}.get(annotation) is type(value)
    if is_other and value is not default:
        raise ConfigurationError(
            f"{argument_name} of {class_name} must be {_NEEDED[annotation]}, "
            f"not {str(value).lower()}"
        )
    return _construct(class_name, argument_name, value, annotation, default, **extras)


def be_strict() -> None:
    """Replaces AllenNLP's function."""
    vars(from_params)["construct_arg"] = construct_strictly
