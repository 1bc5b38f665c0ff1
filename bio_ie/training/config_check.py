"""Finds what is wrong in a config before anything is built and before any corpus is read."""

import difflib
import inspect
import re
from typing import (
    Any,
    Dict,
    Iterator,
    List,
    Mapping,
    NamedTuple,
    Optional,
    Sequence,
    Tuple,
    Type,
    Union,
    get_args,
    get_origin,
)

import torch
from allennlp.commands.train import TrainModel
from allennlp.common import FromParams, Lazy, Registrable
from allennlp.common.checks import ConfigurationError
from allennlp.common.from_params import infer_params
from allennlp.models import Model
from allennlp.training import GradientDescentTrainer

from bio_ie.data.dataset_readers.document_reader import DocumentReader

_SEEDS = ("random_seed", "numpy_seed", "pytorch_seed")
_OF_ALLENNLP: Dict[str, Any] = {
    **dict.fromkeys(_SEEDS, Optional[int]),
    "distributed": Optional[Dict[str, Any]],
    "evaluation": Optional[Dict[str, Any]],
    "include_in_archive": Optional[List[str]],
}
"""Keys of a config that AllenNLP reads before it builds the experiment, and their values."""
_POSITIVE = ("batch_size", "keep_most_recent_by_count", "num_gradient_accumulation_steps")
"""Parameters whose values, if they are numbers, are at least 1."""
_GIVEN = {"self", "vocab", "serialization_dir", "local_rank"}
"""Parameters that AllenNLP passes on by itself."""
_CHECK_THEMSELVES = (FromParams, DocumentReader)
"""Classes whose `from_params` reads parameters by the signature of the constructor."""
_REFUSE_OTHERS = (DocumentReader, GradientDescentTrainer)
"""Classes that take any parameter as a keyword, but know what to do with their own alone. The
trainer would ignore a misspelt one."""
_NAMES = {str: "a string", int: "a whole number", float: "a number", bool: "true or false"}


class ConfigProblems(ConfigurationError):
    """What is wrong in a config.

    # Parameters

    problems : `List[str]`
        One line each.
    """

    def __init__(self, problems: List[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class _Constructor(NamedTuple):
    cls: type
    function: Any
    """`None`: `__init__`."""


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
    constructor = _Constructor(TrainModel, TrainModel.from_partial_objects)
    problems = [*_of_allennlp(config), *_parameters("", values, constructor, is_lazy=False)]
    if problems:
        raise ConfigProblems(problems)


def _of_allennlp(config: Mapping[str, Any]) -> Iterator[str]:
    for key in _OF_ALLENNLP.keys() & config.keys():
        yield from _problems(key, config[key], _OF_ALLENNLP[key])
    for seed in _SEEDS:
        value = config.get(seed)
        if isinstance(value, int) and not 0 <= value < 2**32:
            yield f"{seed} must be at least 0 and less than 2^32, not {value}"


def check_part(config: Any, base: Type[FromParams], name: str) -> None:
    """As `check_config`, for a part that is no experiment.

    # Parameters

    config : `Any`
        The config of the part: an object, or the name of a type.
    base : `Type[FromParams]`
        The class that the part is to be one of.
    name : `str`
        What messages call the part.
    """
    problems = list(_problems(name, config, base))
    if problems:
        raise ConfigProblems(problems)


def _problems(at: str, value: Any, annotation: Any, is_lazy: bool = False) -> Iterator[str]:
    """What is wrong with a value that a parameter of this annotation gets."""
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Lazy:
        yield from _problems(at, value, arguments[0], is_lazy=True)
    elif origin is Union:
        yield from _of_union(at, value, arguments, is_lazy)
    elif _is_kind_of(origin, Sequence):
        if isinstance(value, list) and arguments:
            is_uniform = origin is not tuple or Ellipsis in arguments
            for place, element in enumerate(value):
                of_place = 0 if is_uniform else min(place, len(arguments) - 1)
                yield from _problems(f"{at}[{place}]", element, arguments[of_place])
        elif not isinstance(value, list) and origin in (list, tuple):
            yield f"{at} must be a list, not {_shown(value)}"
    elif _is_kind_of(origin, Mapping) and len(arguments) == 2:
        if isinstance(value, dict):
            for key, element in value.items():
                yield from _problems(f"{at}.{key}", element, arguments[1])
        elif value is not None:
            yield f"{at} must be an object, not {_shown(value)}"
    elif annotation in _NAMES:
        yield from _of_simple(at, value, annotation)
    elif inspect.isclass(annotation) and issubclass(annotation, FromParams):
        yield from _of_part(at, value, annotation, is_lazy)


def _is_kind_of(origin: Any, base: Any) -> bool:
    """`issubclass`, also for what is no class."""
    return inspect.isclass(origin) and issubclass(origin, base)


def _of_union(at: str, value: Any, arms: Tuple[Any, ...], is_lazy: bool) -> Iterator[str]:
    if value is None and type(None) in arms:
        return
    found = [list(_problems(at, value, arm, is_lazy)) for arm in arms if arm is not type(None)]
    if not found or not all(found):
        return
    refusal = re.compile(rf"{re.escape(at)} must be (.*), not (.*)")
    refused = [refusal.fullmatch(problems[0]) for problems in found]
    if all(refused):
        kinds = dict.fromkeys(match[1] for match in refused if match is not None)
        yield f"{at} must be {' or '.join(kinds)}, not {_shown(value)}"
        return
    # The arm that the value fits best has faults inside; the others refuse the value itself.
    yield from max(found, key=lambda problems: max(map(len, (p.split()[0] for p in problems))))


def _of_simple(at: str, value: Any, expected: type) -> Iterator[str]:
    fits = {
        str: isinstance(value, str),
        bool: isinstance(value, bool),
        int: isinstance(value, int) and not isinstance(value, bool),
        float: isinstance(value, (int, float)) and not isinstance(value, bool),
    }[expected]
    if not fits:
        yield f"{at} must be {_NAMES[expected]}, not {_shown(value)}"


def _of_part(at: str, value: Any, base: type, is_lazy: bool) -> Iterator[str]:
    """The faults of a part: an object with the type and the parameters, or the name of a type."""
    if value is None:
        return  # where it may not be, AllenNLP's own message is good
    if not isinstance(value, (dict, str)):
        yield f"{at} must be an object, not {_shown(value)}"
        return
    values = dict(value) if isinstance(value, dict) else {"type": value}
    constructor: Optional[_Constructor] = _Constructor(base, None)
    registry = Registrable._registry.get(base, {}) if issubclass(base, Registrable) else {}
    if registry:
        type_ = values.pop("type", getattr(base, "default_implementation", None))
        if type_ is None:
            yield f"{at} lacks 'type', one of {', '.join(sorted(registry))}"
            return
        if not isinstance(type_, str):
            yield f"{at}.type must be a name, not {_shown(type_)}"
            return
        if type_ not in registry:
            if "." not in type_:
                yield f"{at}.type: there is no {_kind(base)} {type_!r}" + proposal(type_, registry)
            return
        constructor = _constructor(registry[type_])
    if constructor is not None and _is_checked(constructor.cls):
        yield from _parameters(at, values, constructor, is_lazy)


def _constructor(entry: Tuple[type, Optional[str]]) -> Optional[_Constructor]:
    cls, name = entry
    return _Constructor(cls, getattr(cls, name) if name else None)


def _is_checked(cls: type) -> bool:
    return _function(cls) in map(_function, _CHECK_THEMSELVES)


def _function(cls: type) -> Any:
    """The function behind the class method `from_params`."""
    return getattr(getattr(cls, "from_params", None), "__func__", None)


def _parameters(
    at: str, values: Dict[str, Any], constructor: _Constructor, is_lazy: bool
) -> Iterator[str]:
    cls, function = constructor
    function = function or cls.__init__  # type: ignore[misc]
    takes_none = function in (object.__init__, torch.nn.Module.__init__)
    known = {} if takes_none else infer_params(cls, function)
    accepts_all = any(p.kind == inspect.Parameter.VAR_KEYWORD for p in known.values())
    names = [name for name in known if name not in _GIVEN and name != "kwargs"]
    prefix = f"{at}." if at else ""
    for name, value in values.items():
        if name in known and name not in _GIVEN:
            annotation = known[name].annotation
            if value is None and known[name].default is None:
                continue
            yield from _problems(f"{prefix}{name}", value, annotation)
            if name == "parameter_groups" and isinstance(value, list):
                yield from _of_groups(f"{prefix}{name}", value, known)
            if name == "token_indexers" and value == {}:
                yield f"{prefix}{name} must not be empty"
            if name in _POSITIVE and isinstance(value, (int, float)) and value < 1:
                yield f"{prefix}{name} must be positive, not {value}"
        elif name != "type" and (not accepts_all or issubclass(cls, _REFUSE_OTHERS)):
            whose = cls.__name__ if at else "an experiment"
            yield f"{prefix}{name}: {whose} has no such parameter" + proposal(name, names)
    # A part that is built later may get further parameters from the one that builds it.
    if not is_lazy or issubclass(cls, Model):
        missing = [
            name
            for name in names
            if name not in values
            and known[name].default is inspect.Parameter.empty
            and known[name].kind in (known[name].POSITIONAL_OR_KEYWORD, known[name].KEYWORD_ONLY)
        ]
        if missing:
            lacked = ", ".join(repr(name) for name in missing)
            yield f"{at or 'the config'} lacks {lacked}" + (f" of {cls.__name__}" if at else "")


def _of_groups(at: str, groups: List[Any], known: Mapping[str, inspect.Parameter]) -> Iterator[str]:
    """The faults of an optimizer's groups, each of regular expressions and of some of the
    optimizer's own parameters. PyTorch would ignore a misspelt one."""
    for place, group in enumerate(groups):
        is_pair = isinstance(group, list) and len(group) == 2
        if not is_pair or not isinstance(group[0], list) or not isinstance(group[1], dict):
            yield f"{at}[{place}] must be a list of regular expressions, and an object"
            continue
        for name, value in group[1].items():
            if name in known:
                yield from _problems(f"{at}[{place}][1].{name}", value, known[name].annotation)
            elif name != "requires_grad":
                yield f"{at}[{place}][1].{name}: the optimizer has no such parameter" + proposal(
                    name, [name for name in known if name not in _GIVEN]
                )


def _kind(base: type) -> str:
    """`CorpusFormat`: "corpus format"."""
    words = "".join(f" {c.lower()}" if c.isupper() else c for c in base.__name__)
    return words.strip()


def proposal(name: Any, names: Any) -> str:
    """The nearest name, or all names if none is near."""
    nearest = difflib.get_close_matches(str(name), list(names), n=1)
    if nearest:
        return f"; did you mean {nearest[0]!r}?"
    return f"; there are {', '.join(sorted(names))}" if names else ""


def _shown(value: Any) -> str:
    shown = {True: "true", False: "false"}.get(value) if isinstance(value, bool) else None
    if value is None:
        shown = "null"
    if isinstance(value, (dict, list)):
        shown = "an object" if isinstance(value, dict) else "a list"
    return shown or repr(value)
