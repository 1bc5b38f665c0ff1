import torch

from bio_ie.models.snerl.mention_pairs import MentionPairs


def test_pairs_are_all_of_a_row_and_are_found_again() -> None:
    rows = torch.tensor([0, 0, 0, 2, 2, 3])
    pairs = MentionPairs.of_rows(rows, 5)
    head, tail = pairs.all()
    expected = [(i, j) for i in range(6) for j in range(6) if rows[i] == rows[j]]
    assert list(zip(head.tolist(), tail.tolist(), strict=True)) == expected
    order = torch.randperm(len(head))
    assert torch.equal(pairs.place(head[order], tail[order]), order)


def test_there_may_be_no_mention() -> None:
    pairs = MentionPairs.of_rows(torch.zeros(0, dtype=torch.long), 2)
    assert [len(part) for part in pairs.all()] == [0, 0]
