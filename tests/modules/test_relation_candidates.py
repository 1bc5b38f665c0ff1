import torch
from hypothesis import given
from hypothesis import strategies as st

from bio_ie.modules.relation_candidates import (
    merged_runs,
    relation_candidates,
    relation_targets,
)
from bio_ie.modules.tagging import TagScheme

TAGS = ["O", "B-X", "I-X", "E-X", "S-X", "S-Y"]
NUM_WORDS, NUM_ROWS, NUM_LABELS = 5, 3, 2

tag_grid = st.lists(
    st.lists(st.integers(0, len(TAGS) - 1), min_size=NUM_WORDS, max_size=NUM_WORDS),
    min_size=NUM_ROWS,
    max_size=NUM_ROWS,
)
position = st.integers(0, NUM_WORDS - 1)


def entities(runs):
    """`{(row, last): (start, type)}`"""
    return {
        (row, last): (runs.start[row, last].item(), runs.type[row, last].item())
        for row, last in runs.is_last.nonzero().tolist()
    }


def runs_of(tags):
    tensor = torch.tensor(tags)
    return TagScheme(TAGS).entity_runs(tensor, torch.ones_like(tensor, dtype=torch.bool))


@given(
    tag_grid,
    tag_grid,
    st.lists(
        st.tuples(st.integers(0, NUM_ROWS - 1), position, position, st.integers(0, NUM_LABELS - 1)),
        max_size=12,
    ),
)
def test_targets_are_gold_labels_of_pairs_whose_entities_are_right(predicted, gold, relations):
    predicted_runs, gold_runs = runs_of(predicted), runs_of(gold)
    relations = [relation for relation in relations if relation[1] != relation[2]]
    tensor = torch.tensor(relations, dtype=torch.long).view(-1, 4)

    candidates = relation_candidates(predicted_runs)
    targets = relation_targets(candidates, gold_runs, tensor, NUM_LABELS)

    found, right = entities(predicted_runs), entities(gold_runs)
    pairs = [(i, j) for i in sorted(found) for j in sorted(found) if i != j and i[0] == j[0]]
    listed = [
        tuple((candidates.row[k].item(), candidates.last[k].item()) for k in (head, tail))
        for head, tail in zip(candidates.head.tolist(), candidates.tail.tolist(), strict=True)
    ]
    assert listed == pairs
    for (head, tail), target in zip(pairs, targets.tolist(), strict=True):
        both_right = all(right.get(end) == found[end] for end in (head, tail))
        expected = [
            both_right and (head[0], head[1], tail[1], label) in relations
            for label in range(NUM_LABELS)
        ]
        assert target == expected


@given(tag_grid, tag_grid)
def test_united_entities_are_both_and_gold_wins_where_they_end_together(predicted, gold):
    runs = merged_runs(runs_of(predicted), runs_of(gold))
    assert entities(runs) == {**entities(runs_of(predicted)), **entities(runs_of(gold))}
