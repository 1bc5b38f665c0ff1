from typing import Any, Dict, List, Optional

import pytest
from allennlp.common import FromParams, Params
from allennlp.common.checks import ConfigurationError

import bio_ie  # noqa: F401 - makes AllenNLP strict


class Part(FromParams):
    def __init__(
        self,
        size: int,
        shuffle: bool = False,
        rate: float = 0.1,
        names: Optional[List[str]] = None,
        limit: Optional[int] = 5,
        seed: int = None,  # type: ignore[assignment] # noqa: RUF013 - AllenNLP's way
        anything: Any = 1,
    ) -> None:
        self.size = size
        self.limit = limit


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"size": True}, "size of Part must be a whole number, not true"),
        ({"size": 1, "shuffle": 1}, "shuffle of Part must be true or false, not 1"),
        ({"size": 1, "limit": False}, "limit of Part must be a whole number, not false"),
        ({"size": None}, "size of Part must not be null"),
        ({"size": 1, "rate": None}, "rate of Part must not be null"),
    ],
)
def test_wrong_types_are_refused(settings: Dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        Part.from_params(Params(settings))


def test_null_is_allowed_where_it_means_something() -> None:
    settings = {"names": None, "limit": None, "seed": None, "anything": None}
    part = Part.from_params(Params({"size": 3, **settings}))
    assert (part.size, part.limit) == (3, None)
