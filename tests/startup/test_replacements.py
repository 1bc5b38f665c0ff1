import importlib
import inspect
from typing import Any

import pytest
from allennlp.common import Params, Registrable, from_params
from allennlp.common.checks import ConfigurationError
from allennlp.models import archival

import bio_ie  # noqa: F401 - replaces the functions
from bio_ie.archives.checked_archive import checked_archive
from bio_ie.startup.arguments import pop_and_construct
from bio_ie.startup.replacements import REPLACEMENTS

FUNCTIONS = [
    (module, path, ours)
    for module, functions in REPLACEMENTS.items()
    for path, ours in functions.items()
]


@pytest.mark.parametrize(("module", "path", "ours"), FUNCTIONS)
def test_every_function_is_replaced_and_given_to_ours(
    module: str, path: str, ours: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    our_module, _, name = ours.partition(":")
    assert inspect.isfunction(getattr(importlib.import_module(our_module), name))
    calls = []
    monkeypatch.setattr(f"{our_module}.{name}", lambda *arguments, **_: calls.append(arguments))
    replaced: Any = importlib.import_module(module)
    for name in path.split("."):
        replaced = getattr(replaced, name)
    replaced("a", "b")
    ((original, *arguments),) = calls
    assert arguments[-2:] == ["a", "b"]
    wrapped = getattr(replaced, "__func__", replaced).__wrapped__
    assert original is wrapped


def test_the_archive_is_the_checked_one(tmp_path: Any) -> None:
    (tmp_path / "config.json").write_text('{"model": {"type": "os.system"}}')
    with pytest.raises(ConfigurationError), archival.extracted_archive(str(tmp_path)):
        pass
    with pytest.raises(ConfigurationError), checked_archive(str(tmp_path)):
        pass


class Part(Registrable):
    pass


@Part.register("plain")
class Plain(Part):
    pass


@pytest.mark.parametrize(
    ("params", "extras", "default"),
    [
        ({"x": 3}, {}, inspect.Parameter.empty),
        ({"x": 3}, {}, 4),
        ({}, {}, 4),
        ({}, {}, inspect.Parameter.empty),
        ({"x": None}, {}, 4),
        ({}, {"x": 5}, 4),
        ({"x": 3}, {"x": 5}, 4),
        ({"x": "three"}, {}, 4),
    ],
)
def test_arguments_are_those_of_allennlp(params: Any, extras: Any, default: Any) -> None:
    original = from_params.pop_and_construct_arg.__wrapped__  # type: ignore[attr-defined]

    def outcome(function: Any, *first: Any) -> Any:
        given = Params(dict(params))
        try:
            return function(*first, "Part", "x", int, default, given, **extras), given.as_dict()
        except (ConfigurationError, TypeError) as error:
            return type(error), str(error)

    assert outcome(pop_and_construct, original) == outcome(original)


def test_an_argument_from_an_archive_is_left_to_allennlp() -> None:
    given = Params({"x": {"_pretrained": {"archive_file": "none.tar.gz", "module_path": "a"}}})
    calls = []

    def original(*arguments: Any, **extras: Any) -> str:
        calls.append(arguments)
        return "of an archive"

    assert pop_and_construct(original, "Part", "x", Part, None, given) == "of an archive"
    assert [arguments[:2] for arguments in calls] == [("Part", "x")]
