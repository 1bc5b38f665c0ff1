import pytest
import torch

from bio_ie.models.graph_decoder import GraphDecoder
from bio_ie.text.document import Mention, Relation

METADATA = {"word_spans": [(10, 14), (15, 20), (21, 30), (31, 33)]}
ENTITIES = torch.tensor([[0, 1, 1], [3, 3, 0], [2, 2, 0]])
RELATIONS = torch.tensor([[1, 0, 0], [0, 1, 1]])


@pytest.fixture
def decoder() -> GraphDecoder:
    return GraphDecoder(["Drug", "Effect"], ["causes", "binds"], [False, True])


@pytest.fixture(params=["", "initial_"])
def prefix(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def output(prefix: str) -> dict:
    """Predictions with two entities and two relations of the first row, and one entity of the last
    row."""
    return {
        "metadata": [METADATA] * 3,
        f"{prefix}entities": ENTITIES.split([2, 0, 1]),
        f"{prefix}entity_probabilities": torch.tensor([0.5, 0.25, 1.0]).split([2, 0, 1]),
        f"{prefix}relations": RELATIONS.split([2, 0, 0]),
        f"{prefix}relation_probabilities": torch.tensor([0.75, 0.125]).split([2, 0, 0]),
    }


def test_items_have_character_offsets_and_names_of_types(
    decoder: GraphDecoder, output: dict, prefix: str
) -> None:
    effect, drug = (10, 20, "Effect"), (31, 33, "Drug")
    assert decoder.items(output, prefix) == [
        ([effect, drug], [(drug, effect, "causes"), (effect, drug, "binds")]),
        ([], []),
        ([(21, 30, "Drug")], []),
    ]


@pytest.mark.parametrize("given", [False, True])
def test_annotations_have_scores_but_for_given_mentions(
    decoder: GraphDecoder, output: dict, prefix: str, given: bool
) -> None:
    scores = [None] * 3 if given else [0.5, 0.25, 1.0]
    first = [
        Mention("T1", 10, 20, "Effect", score=scores[0]),
        Mention("T2", 31, 33, "Drug", score=scores[1]),
    ]
    last = [Mention("T1", 21, 30, "Drug", score=scores[2])]
    relations = [
        Relation("causes", "T2", "T1", score=0.75),
        Relation("binds", "T1", "T2", score=0.125, directed=False),
    ]
    assert decoder.annotations(output, prefix, given) == {
        f"{prefix}mentions": [first, [], last],
        f"{prefix}relations": [relations, [], []],
    }
