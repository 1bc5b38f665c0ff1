from pathlib import Path
from typing import Any, Dict, List, Optional

import pytest
from allennlp.commands.train import train_model
from allennlp.common import FromParams, Params
from allennlp.common.checks import ConfigurationError

import bio_ie  # noqa: F401 - makes AllenNLP strict
from bio_ie.training.part_check import ConfigProblems


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


@pytest.mark.parametrize(
    ("place", "value", "message"),
    [
        ("type", "joint_ner_er", r"model\.type: there is no model 'joint_ner_er'; did you mean"),
        ("tag_decoder", {"type": "crff"}, r"tag_decoder\.type: there is no tag decoder 'crff'"),
        ("dropuot", 0.1, r"model\.dropuot: JointNerRe has no such parameter; did you mean"),
    ],
)
def test_a_wrong_model_is_told_before_any_corpus_is_read(
    place: str, value: Any, message: str, tmp_path: Path
) -> None:
    params = Params.from_file("fixtures/models/joint_ner_re.jsonnet")
    params["train_data_path"] = "missing.jsonl"
    params["model"][place] = value
    with pytest.raises(ConfigProblems, match=message):
        train_model(params, str(tmp_path / "run"))
