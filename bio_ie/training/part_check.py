"""Finds what is wrong in the config of a part before anything is built."""

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
from allennlp.common import FromParams, Lazy, Registrable
from allennlp.common.checks import ConfigurationError
from allennlp.common.from_params import infer_params

_POSITIVE = ("batch_size", "keep_most_recent_by_count", "num_gradient_accumulation_steps")
"""Parameters whose values, if they are numbers, are at least 1."""
_GIVEN = {"self", "vocab", "serialization_dir", "local_rank"}
"""Parameters that AllenNLP passes on by itself."""
# Classes by their names, because their modules take long to import. What is not imported yet is the
# base of no class.
MODEL = "allennlp.models.model.Model"
DOCUMENT_READER = "bio_ie.data.dataset_readers.document_reader.DocumentReader"
REFUSE_OTHERS = (
    DOCUMENT_READER,
    "allennlp.training.gradient_descent_trainer.GradientDescentTrainer",
)
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


class Constructor(NamedTuple):
    cls: type
    function: Any
    """`None`: `__init__`."""


def check_part(config: Any, base: Type[FromParams], name: str) -> None:
    """Checks the types of a part and of those inside it, the names of their parameters, the kinds
    of simple values, and the parameters that models and readers require.

    # Parameters

    config : `Any`
        The config of the part: an object, or the name of a type.
    base : `Type[FromParams]`
        The class that the part is to be one of.
    name : `str`
        What messages call the part.
    """
    found = list(problems(name, config, base))
    if found:
        raise ConfigProblems(found)


def problems(at: str, value: Any, annotation: Any, is_lazy: bool = False) -> Iterator[str]:
    """What is wrong with a value that a parameter of this annotation gets."""
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Lazy:
        yield from problems(at, value, arguments[0], is_lazy=True)
    elif origin is Union:
        yield from _of_union(at, value, arguments, is_lazy)
    elif _is_kind_of(origin, Sequence):
        if isinstance(value, list) and arguments:
            is_uniform = origin is not tuple or Ellipsis in arguments
            for place, element in enumerate(value):
                of_place = 0 if is_uniform else min(place, len(arguments) - 1)
                yield from problems(f"{at}[{place}]", element, arguments[of_place])
        elif not isinstance(value, list) and origin in (list, tuple):
            yield f"{at} must be a list, not {_shown(value)}"
    elif _is_kind_of(origin, Mapping) and len(arguments) == 2:
        if isinstance(value, dict):
            for key, element in value.items():
                yield from problems(f"{at}.{key}", element, arguments[1])
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
    found = [list(problems(at, value, arm, is_lazy)) for arm in arms if arm is not type(None)]
    if not found or not all(found):
        return
    refusal = re.compile(rf"{re.escape(at)} must be (.*), not (.*)")
    refused = [refusal.fullmatch(faults[0]) for faults in found]
    if all(refused):
        kinds = dict.fromkeys(match[1] for match in refused if match is not None)
        yield f"{at} must be {' or '.join(kinds)}, not {_shown(value)}"
        return
    # The arm that the value fits best has faults inside; the others refuse the value itself.
    yield from max(found, key=lambda faults: max(map(len, (fault.split()[0] for fault in faults))))


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
    constructor: Optional[Constructor] = Constructor(base, None)
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
        yield from parameter_problems(at, values, constructor, is_lazy)


def _constructor(entry: Tuple[type, Optional[str]]) -> Optional[Constructor]:
    cls, name = entry
    return Constructor(cls, getattr(cls, name) if name else None)


def _is_checked(cls: type) -> bool:
    """Whether `from_params` reads parameters by the signature of the constructor."""
    function = getattr(getattr(cls, "from_params", None), "__func__", None)
    reader = next((base for base in cls.__mro__ if _name(base) == DOCUMENT_READER), None)
    return function in (
        FromParams.from_params.__func__,  # type: ignore[attr-defined]
        None if reader is None else reader.from_params.__func__,  # type: ignore[attr-defined]
    )


def _is_a(cls: type, *names: str) -> bool:
    return any(_name(base) in names for base in cls.__mro__)


def _name(cls: type) -> str:
    return f"{cls.__module__}.{cls.__qualname__}"


def parameter_problems(
    at: str, values: Dict[str, Any], constructor: Constructor, is_lazy: bool
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
            yield from problems(f"{prefix}{name}", value, annotation)
            if name == "parameter_groups" and isinstance(value, list):
                yield from _of_groups(f"{prefix}{name}", value, known)
            if name == "token_indexers" and value == {}:
                yield f"{prefix}{name} must not be empty"
            if name in _POSITIVE and isinstance(value, (int, float)) and value < 1:
                yield f"{prefix}{name} must be positive, not {value}"
        elif name != "type" and (not accepts_all or _is_a(cls, *REFUSE_OTHERS)):
            whose = cls.__name__ if at else "an experiment"
            yield f"{prefix}{name}: {whose} has no such parameter" + proposal(name, names)
    # A part that is built later may get further parameters from the one that builds it.
    if not is_lazy or _is_a(cls, MODEL):
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
                yield from problems(f"{at}[{place}][1].{name}", value, known[name].annotation)
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
