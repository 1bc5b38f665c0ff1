"""Finds what is wrong in the config of an experiment before any corpus is read."""

from typing import Any, Dict, Iterator, List, Mapping, Optional

from allennlp.commands.train import TrainModel

from bio_ie.training.part_check import ConfigProblems, Constructor, parameter_problems, problems

_SEEDS = ("random_seed", "numpy_seed", "pytorch_seed")
_OF_ALLENNLP: Dict[str, Any] = {
    **dict.fromkeys(_SEEDS, Optional[int]),
    "distributed": Optional[Dict[str, Any]],
    "evaluation": Optional[Dict[str, Any]],
    "include_in_archive": Optional[List[str]],
}
"""Keys of a config that AllenNLP reads before it builds the experiment, and their values."""


def check_config(config: Mapping[str, Any]) -> None:
    """Checks the types of all parts of an experiment, the names of their parameters, the kinds of
    simple values, and the parameters that the model and the readers require. What is only known
    once a part is built, such as whether sizes fit, is not checked. Nor are parts that are named by
    their place in a module, since finding them would import it.

    # Parameters

    config : `Mapping[str, Any]`
        The evaluated config of an experiment, as `allennlp train` takes it.

    Raises `ConfigProblems`, which name the place of each fault, and the nearest name of a type or
    parameter that is not known.
    """
    values = {key: value for key, value in config.items() if key not in _OF_ALLENNLP}
    constructor = Constructor(TrainModel, TrainModel.from_partial_objects)
    found = [
        *_of_allennlp(config),
        *parameter_problems("", values, constructor, is_lazy=False),
    ]
    if found:
        raise ConfigProblems(found)


def _of_allennlp(config: Mapping[str, Any]) -> Iterator[str]:
    for key in _OF_ALLENNLP.keys() & config.keys():
        yield from problems(key, config[key], _OF_ALLENNLP[key])
    for seed in _SEEDS:
        value = config.get(seed)
        if isinstance(value, int) and not 0 <= value < 2**32:
            yield f"{seed} must be at least 0 and less than 2^32, not {value}"
