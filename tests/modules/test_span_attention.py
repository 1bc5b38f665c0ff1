import torch

from bio_ie.modules.span_attention import span_tokens


def test_weights_are_the_softmax_within_each_span() -> None:
    scores = torch.randn(9, dtype=torch.double)
    first, width = torch.tensor([3, 0, 3, 8]), torch.tensor([2, 9, 2, 1])
    span, token, weight = span_tokens(scores, first, width)
    for number in range(4):
        inside = torch.arange(int(first[number]), int(first[number] + width[number]))
        assert torch.equal(token[span == number], inside)
        torch.testing.assert_close(weight[span == number], scores[inside].softmax(0))


def test_large_scores_of_other_tokens_do_not_matter() -> None:
    scores = torch.tensor([1e4, 0.0, 1.0, -1e4])
    weight = span_tokens(scores, torch.tensor([0, 1, 3]), torch.tensor([4, 2, 1])).weight
    expected = [1, 0, 0, 0, *torch.tensor([0.0, 1.0]).softmax(0).tolist(), 1]
    torch.testing.assert_close(weight, torch.tensor(expected))


def test_half_precision_scores_are_normalised_in_single_precision() -> None:
    first, width = torch.tensor([0]), torch.tensor([9])
    weight = span_tokens(torch.randn(9).bfloat16(), first, width).weight
    assert weight.dtype == torch.float32
    torch.testing.assert_close(weight.sum(), torch.tensor(1.0))


def test_no_span_has_no_tokens() -> None:
    nothing = torch.zeros(0, dtype=torch.long)
    assert all(len(part) == 0 for part in span_tokens(torch.randn(3), nothing, nothing))
