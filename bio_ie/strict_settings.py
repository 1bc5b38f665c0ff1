"""Makes AllenNLP refuse values of a wrong type that it would let through.

It casts numbers and booleans to each other: `num_epochs: true` would train for one epoch. And it
takes null for any parameter, which then fails somewhere later.
"""

import inspect
from typing import Any, Callable, Dict, Union, get_args, get_origin

from allennlp.common import Params
from allennlp.common.checks import ConfigurationError
from allennlp.common.from_params import infer_params

_NEEDED = {int: "a whole number", bool: "true or false"}


def construct_strictly(
    construct: Callable[..., Any],
    class_name: str,
    argument_name: str,
    value: Any,
    annotation: Any,
    default: Any,
    **extras: Any,
) -> Any:
    """In place of AllenNLP's `construct_arg`, which builds the value of one parameter of a class
    from a config.

    Raises `ConfigurationError` for a number in place of `true` or `false`, and the reverse.
    """
    is_other = {int: bool, bool: int}.get(annotation) is type(value)
    if is_other and value is not default:
        raise ConfigurationError(
            f"{argument_name} of {class_name} must be {_NEEDED[annotation]}, "
            f"not {str(value).lower()}"
        )
    return construct(class_name, argument_name, value, annotation, default, **extras)


def create_strictly(
    create: Callable[..., Dict[str, Any]], constructor: Any, cls: Any, params: Params, **extras: Any
) -> Dict[str, Any]:
    """In place of AllenNLP's `create_kwargs`, which builds the values of all parameters of a class.

    Raises `ConfigurationError` for null in place of a value that is not optional.
    """
    for name, parameter in infer_params(cls, constructor).items():
        is_null = name in params.params and params.params[name] is None
        if is_null and parameter.default is not None and not _is_optional(parameter.annotation):
            raise ConfigurationError(f"{name} of {cls.__name__} must not be null")
    return create(constructor, cls, params, **extras)


def _is_optional(annotation: Any) -> bool:
    is_open = annotation in (Any, inspect.Parameter.empty)
    return is_open or (get_origin(annotation) is Union and type(None) in get_args(annotation))
