"""Builds the arguments of parts without the code that loads archives."""

from typing import Any, Callable

from allennlp.common import Params, from_params


def pop_and_construct(
    pop_and_construct_arg: Callable[..., Any],
    class_name: str,
    argument_name: str,
    annotation: Any,
    default: Any,
    params: Params,
    **extras: Any,
) -> Any:
    """In place of AllenNLP's `pop_and_construct_arg`, which takes one argument of a class from a
    config. It does the same, but AllenNLP's imports all models first. That takes longer than most
    commands run, and is only needed for an argument from an archive (`_pretrained`)."""
    if argument_name in params:
        value = params.get(argument_name)
        if argument_name in extras or (isinstance(value, Params) and "_pretrained" in value):
            return pop_and_construct_arg(
                class_name, argument_name, annotation, default, params, **extras
            )
    elif argument_name in extras:
        return extras[argument_name]
    is_required = default is from_params._NO_DEFAULT
    value = params.pop(argument_name) if is_required else params.pop(argument_name, default)
    if value is None:
        return None
    return from_params.construct_arg(
        class_name, argument_name, value, annotation, default, **extras
    )
