import pytest
import torch

from bio_ie.data.document import Mention, Relation
from bio_ie.models.predicted_rows import predicted_rows
from bio_ie.models.row_decoder import RowDecoder
from bio_ie.modules.relation_candidates import RelationCandidates

METADATA = {"word_spans": [(10, 14), (15, 20), (21, 30), (31, 33)]}
ENTITIES = [(0, 1, 1, 0.5), (3, 3, 0, 0.25)]
RELATIONS = [(1, 0, 0, 0.75), (0, 1, 1, 0.125)]


@pytest.fixture
def decoder() -> RowDecoder:
    return RowDecoder(["Drug", "Effect"], ["causes", "binds"], [False, True])


def test_items_have_character_offsets_and_names_of_types(decoder: RowDecoder) -> None:
    effect, drug = (10, 20, "Effect"), (31, 33, "Drug")
    entities, relations = decoder.items(METADATA, ENTITIES, RELATIONS)
    assert entities == [effect, drug]
    assert relations == [(drug, effect, "causes"), (effect, drug, "binds")]


@pytest.mark.parametrize("given", [False, True])
def test_annotations_have_scores_but_for_given_mentions(decoder: RowDecoder, given: bool) -> None:
    mentions, relations = decoder.annotations(METADATA, ENTITIES, RELATIONS, given)
    scores = [None, None] if given else [0.5, 0.25]
    assert mentions == [
        Mention("T1", 10, 20, "Effect", score=scores[0]),
        Mention("T2", 31, 33, "Drug", score=scores[1]),
    ]
    assert relations == [
        Relation("causes", "T2", "T1", score=0.75),
        Relation("binds", "T1", "T2", score=0.125, directed=False),
    ]


def test_rows_number_the_entities_of_each_sentence() -> None:
    candidates = RelationCandidates(
        row=torch.tensor([0, 2, 2]),
        start=torch.tensor([1, 0, 4]),
        last=torch.tensor([2, 0, 5]),
        type=torch.tensor([1, 0, 1]),
        head=torch.tensor([1, 2]),
        tail=torch.tensor([2, 1]),
    )
    pair, label = torch.tensor([0, 1, 1]), torch.tensor([1, 0, 1])
    rows = predicted_rows(
        candidates,
        entity_scores=torch.tensor([0.5, 0.25, 0.125]),
        pair=pair,
        label=label,
        probability=torch.tensor([0.5, 0.75, 0.5]),
        undirected=torch.tensor([False, True]),
        num_rows=3,
    )
    assert rows["entities"] == [[(1, 2, 1, 0.5)], [], [(0, 0, 0, 0.25), (4, 5, 1, 0.125)]]
    # Of the undirected label (1), the order with the later entity first is left out.
    assert rows["relations"] == [[], [], [(0, 1, 1, 0.5), (1, 0, 0, 0.75)]]
