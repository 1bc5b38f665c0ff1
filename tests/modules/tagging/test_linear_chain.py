import pytest
import torch
from allennlp.modules import ConditionalRandomField
from torch.testing import assert_close

from bio_ie.modules.tagging.linear_chain import log_partition, sequence_scores, viterbi

LENGTHS = [7, 1, 4]
NUM_TAGS = 30


@pytest.fixture
def mask():
    return torch.tensor([[i < length for i in range(max(LENGTHS))] for length in LENGTHS])


@pytest.fixture
def crf():
    """The normaliser of AllenNLP, which is the reference: it adds up every pair of tags at every
    word."""
    torch.manual_seed(3)
    crf = ConditionalRandomField(NUM_TAGS)
    torch.nn.init.normal_(crf.transitions, std=5.0)
    return crf


def parameters(crf):
    return crf.transitions, crf.start_transitions, crf.end_transitions


def drawn_scores(mask, std=3.0):
    generator = torch.Generator().manual_seed(5)
    return (torch.randn(*mask.shape, NUM_TAGS, generator=generator) * std).requires_grad_()


def test_partition_and_gradients_are_those_of_all_pairs_added_up(crf, mask):
    scores = drawn_scores(mask)
    given = (scores, *parameters(crf))
    found = log_partition(scores, mask, *parameters(crf))
    expected = crf._input_likelihood(scores, crf.transitions, mask)
    assert_close(found, expected)
    weights = torch.tensor([1.0, -2.0, 0.5])
    for gradient, right in zip(
        torch.autograd.grad((found * weights).sum(), given),
        torch.autograd.grad((expected * weights).sum(), given),
        strict=True,
    ):
        assert_close(gradient, right, atol=1e-5, rtol=1e-4)


def test_scores_of_sequences_are_allennlps(crf, mask):
    scores = drawn_scores(mask)
    tags = torch.randint(NUM_TAGS, mask.shape, generator=torch.Generator().manual_seed(7))
    found = sequence_scores(scores, mask, tags, *parameters(crf))
    assert_close(found, crf._joint_likelihood(scores, crf.transitions, tags, mask))


def test_tags_and_transitions_that_may_not_be_leave_finite_gradients(crf, mask):
    scores = drawn_scores(mask)
    allowed = torch.zeros(NUM_TAGS, dtype=torch.bool)
    allowed[::3] = True
    crf.transitions.data[:, 1::2] = -10000.0
    found = log_partition(scores.masked_fill(~allowed, -10000.0), mask, *parameters(crf))
    expected = crf._input_likelihood(scores.masked_fill(~allowed, -10000.0), crf.transitions, mask)
    assert_close(found, expected)
    for gradient in torch.autograd.grad(found.sum(), (scores, *parameters(crf))):
        assert gradient.isfinite().all()


def test_scores_far_from_zero_neither_overflow_nor_vanish(crf, mask):
    scores = drawn_scores(mask).detach()
    crf.transitions.data += 500.0
    found = log_partition(scores - 3000.0, mask, *parameters(crf))
    # Each step from one tag to the next adds 500, and each word subtracts 3000.
    lengths = torch.tensor(LENGTHS)
    crf.transitions.data -= 500.0
    plain = log_partition(scores, mask, *parameters(crf))
    assert_close(found, plain + 500.0 * (lengths - 1) - 3000.0 * lengths, atol=1e-2, rtol=0)


def test_half_precision_around_it_changes_nothing(crf, mask):
    scores = drawn_scores(mask).detach()
    expected = log_partition(scores, mask, *parameters(crf))
    with torch.autocast("cpu", dtype=torch.bfloat16):
        found = log_partition(scores, mask, *parameters(crf))
    assert torch.equal(found, expected)


@pytest.mark.parametrize("std", [0.1, 2.0, 20.0])
def test_of_many_tags_the_best_sequence_is_found_too(std):
    """Transitions in which few tags can lead to a tag, and in which all tags may."""
    generator = torch.Generator().manual_seed(11)
    num_tags, lengths = 200, [6, 1, 4]
    scores = torch.randn(3, 6, num_tags, generator=generator) * 3
    transitions = torch.randn(num_tags + 2, num_tags + 2, generator=generator) * std
    mask = torch.tensor([[i < length for i in range(6)] for length in lengths])
    found = viterbi(scores, mask, transitions)
    for row, length in enumerate(lengths):
        # The best scores and the best sequences so far, by their last tags.
        best = {
            tag: (scores[row, 0, tag] + transitions[num_tags, tag], [tag])
            for tag in range(num_tags)
        }
        for word in range(1, length):
            before = torch.stack([best[tag][0] for tag in range(num_tags)])
            reached = before[:, None] + transitions[:num_tags, :num_tags]
            best = {
                tag: (
                    reached[:, tag].max() + scores[row, word, tag],
                    [*best[int(reached[:, tag].argmax())][1], tag],
                )
                for tag in range(num_tags)
            }
        ends = {tag: score + transitions[tag, num_tags + 1] for tag, (score, _) in best.items()}
        assert found[row, :length].tolist() == best[max(ends, key=lambda tag: ends[tag])][1]
        assert not found[row, length:].any()
