import torch

from benchmarks.peak_memory import peak_memory

MEGABYTE = 1_000_000


def test_what_is_held_at_once_is_counted_and_what_was_there_before_is_not() -> None:
    given = torch.zeros(MEGABYTE)

    def run() -> None:
        first = given + 1  # 4 MB
        second = first + 1  # 8 MB
        del first
        third = second.double()  # 12 MB
        del second, third
        given.clone()  # 4 MB

    assert 12 * MEGABYTE <= peak_memory(run) < 12.1 * MEGABYTE


def test_what_operations_need_on_the_side_is_counted() -> None:
    given = torch.rand(MEGABYTE)
    # `sort` returns values and indices, and needs a copy of both on the side.
    assert peak_memory(lambda: given.sort()) > 12 * MEGABYTE


def test_what_the_backward_pass_needs_is_counted() -> None:
    given = torch.rand(MEGABYTE, requires_grad=True)
    kept = peak_memory(lambda: given.exp().sin().exp().sum().backward())
    assert kept > peak_memory(lambda: given.detach().exp().sin().exp().sum())
