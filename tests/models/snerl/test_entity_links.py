import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from bio_ie.models.snerl.entity_links import entity_links, places_within, sampled_entities


@settings(max_examples=60, deadline=None)
@given(
    rows=st.lists(st.integers(0, 3), max_size=12).map(sorted),
    seed=st.integers(0, 99),
)
def test_places_count_the_smaller_keys_of_the_same_row(rows: list, seed: int) -> None:
    keys = torch.randint(3, (len(rows),), generator=torch.Generator().manual_seed(seed))
    places = places_within(torch.tensor(rows, dtype=torch.long), keys).tolist()
    for number, (row, place) in enumerate(zip(rows, places, strict=True)):
        before = [
            other
            for other in range(len(rows))
            if rows[other] == row
            and (keys[other] < keys[number] or (keys[other] == keys[number] and other < number))
        ]
        assert place == len(before)


def test_gold_entities_and_so_many_others_are_sampled() -> None:
    rows = torch.tensor([0] * 10 + [1] * 3 + [3] * 5)
    is_gold = torch.zeros(18, dtype=torch.bool)
    is_gold[torch.tensor([4, 7, 15])] = True
    drawn = torch.stack([sampled_entities(is_gold, rows, 3, 4, True) for _ in range(200)])
    assert drawn[:, is_gold].all()
    assert (drawn[:, :10].sum(1) == 5).all()
    assert drawn[:, 10:13].all()  # there are not more
    assert (drawn[:, 13:].sum(1) == 4).all()
    others = drawn[:, :10][:, ~is_gold[:10]].float().mean(0)
    assert (others > 0.2).all()  # 3 of 8 each
    assert (others < 0.6).all()
    first = sampled_entities(is_gold, rows, 3, 4, False)
    assert first.nonzero().squeeze(1).tolist() == [0, 1, 2, 4, 7, 10, 11, 12, 13, 14, 15, 16]
    assert sampled_entities(is_gold, rows, 0, 4, True).tolist() == is_gold.tolist()


def test_an_entity_keeps_the_mentions_that_name_it_most_probably() -> None:
    links = torch.tensor([[0, 0], [0, 1], [1, 0], [1, 2], [2, 0], [2, 1], [3, 3]])
    log_p = torch.tensor([-1.0, -2.0, -0.5, -0.1, -1.0, -1.5, 0.0])
    rows = torch.tensor([0, 0, 0, 1])
    chosen = torch.tensor([True, True, False, True])
    found = entity_links(links, log_p, rows, chosen, k=2)
    assert found.entity.tolist() == [0, 1, 3]
    assert found.row.tolist() == [0, 0, 1]
    assert found.first.tolist() == [0, 2, 4]
    assert found.num_links.tolist() == [2, 2, 1]
    assert found.mention.tolist() == [1, 0, 2, 0, 3]  # 0 and 2 tie, and the first is taken
    assert found.log_p.tolist() == [-0.5, -1.0, -1.5, -2.0, 0.0]
    assert entity_links(links, log_p, rows, chosen).num_links.tolist() == [3, 2, 1]
    nothing = entity_links(links, log_p, rows, torch.zeros(4, dtype=torch.bool), k=2)
    assert len(nothing.entity) == len(nothing.mention) == 0
