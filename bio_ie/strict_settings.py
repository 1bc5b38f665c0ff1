"""Makes AllenNLP refuse values of a wrong type that it would let through.

It casts numbers and booleans to each other: `num_epochs: true` would train for one epoch. It takes
null for any parameter, which then fails somewhere later. And it reads the corpora of an experiment
before it finds what is wrong with the model.
"""

import inspect
from typing import Any, Dict, Type, Union, get_args, get_origin

from allennlp.commands.train import TrainModel
from allennlp.common import Params, from_params
from allennlp.common.checks import ConfigurationError
from allennlp.common.util import is_distributed

from bio_ie.training.config_check import check_config

_NEEDED = {int: "a whole number", bool: "true or false"}

_construct = from_params.construct_arg
_create = from_params.create_kwargs


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


def create_strictly(constructor: Any, cls: Any, params: Params, **extras: Any) -> Dict[str, Any]:
    """AllenNLP's `create_kwargs`, which builds the values of all parameters of a class.

    Raises `ConfigurationError` for null in place of a value that is not optional.
    """
    for name, parameter in from_params.infer_params(cls, constructor).items():
        is_null = name in params.params and params.params[name] is None
        if is_null and parameter.default is not None and not _is_optional(parameter.annotation):
            raise ConfigurationError(f"{name} of {cls.__name__} must not be null")
    return _create(constructor, cls, params, **extras)


def _is_optional(annotation: Any) -> bool:
    is_open = annotation in (Any, inspect.Parameter.empty)
    return is_open or (get_origin(annotation) is Union and type(None) in get_args(annotation))


def experiment_from_params(
    cls: Type[TrainModel], params: Params, constructor_to_call: Any = None, **extras: Any
) -> TrainModel:
    """AllenNLP's `TrainModel.from_params`, which builds an experiment and reads its corpora.

    Raises `ConfigProblems` before anything is built, but not in the processes of a distributed
    training, whose config has ranks in it.
    """
    # AllenNLP calls it again, with the constructor.
    if constructor_to_call is None and not is_distributed():
        check_config(params.as_dict(quiet=True))
    extras["constructor_to_call"] = constructor_to_call
    experiment: TrainModel = super(TrainModel, cls).from_params(params=params, **extras)
    return experiment


def be_strict() -> None:
    """Replaces AllenNLP's functions."""
    vars(from_params).update(construct_arg=construct_strictly, create_kwargs=create_strictly)
    TrainModel.from_params = classmethod(experiment_from_params)  # type: ignore[assignment]
