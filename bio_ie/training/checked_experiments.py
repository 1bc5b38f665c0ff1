"""Makes AllenNLP check the config of an experiment before it reads the corpora. By itself, it finds
what is wrong with the model after that."""

from typing import Any, Callable, Type

from allennlp.commands.train import TrainModel
from allennlp.common import Params
from allennlp.common.util import is_distributed

from bio_ie.training.config_check import check_config


def experiment_from_params(
    build: Callable[..., TrainModel],
    cls: Type[TrainModel],
    params: Params,
    constructor_to_call: Any = None,
    **extras: Any,
) -> TrainModel:
    """In place of AllenNLP's `TrainModel.from_params`, which builds an experiment and reads its
    corpora.

    Raises `ConfigProblems` before anything is built, but not in the processes of a distributed
    training, whose config has ranks in it.
    """
    # AllenNLP calls it again, with the constructor.
    if constructor_to_call is None and not is_distributed():
        check_config(params.as_dict(quiet=True))
    return build(cls, params=params, constructor_to_call=constructor_to_call, **extras)
