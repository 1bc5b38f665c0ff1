import pytest
import torch
from allennlp.common import Params
from allennlp.modules import Seq2SeqEncoder, Seq2VecEncoder
from torch.nn.utils.rnn import pack_padded_sequence
from torch.testing import assert_close

from bio_ie.modules.packed_lstm import PackedLSTM

LENGTHS = [3, 9, 1, 9, 5]
KINDS = [
    {},
    {"bidirectional": True},
    {"num_layers": 2, "bidirectional": True, "dropout": 0.4},
    {"num_layers": 3, "bias": False},
]


def modules(**kind):
    torch.manual_seed(1)
    ours = PackedLSTM(4, 6, batch_first=True, **kind)
    theirs = torch.nn.LSTM(4, 6, batch_first=True, **kind)
    theirs.load_state_dict(ours.state_dict())
    return ours, theirs


def packed(enforce_sorted=False, lengths=LENGTHS):
    words = torch.randn(len(lengths), max(lengths), 4, generator=torch.Generator().manual_seed(2))
    found = pack_padded_sequence(words, torch.tensor(lengths), True, enforce_sorted)
    return found._replace(data=found.data.requires_grad_())


def results(module, given, weights):
    """The outputs, the final states, and the gradients of all inputs and parameters."""
    torch.manual_seed(4)  # of dropout
    out, (hidden, cell) = module(given)
    total = sum((x * w).sum() for x, w in zip((out.data, hidden, cell), weights, strict=True))
    gradients = torch.autograd.grad(total, [given.data, *module.parameters()])
    return [out.data, hidden, cell, *gradients]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("is_sorted", [False, True])
def test_results_and_gradients_are_pytorchs(kind, is_sorted):
    ours, theirs = modules(**kind)
    given = packed(is_sorted, sorted(LENGTHS, reverse=True) if is_sorted else LENGTHS)
    generator = torch.Generator().manual_seed(3)
    with torch.no_grad():
        out, states = theirs(given)
    weights = [torch.randn(x.shape, generator=generator) for x in (out.data, *states)]
    for ours_x, theirs_x in zip(
        results(ours, given, weights), results(theirs, given, weights), strict=True
    ):
        assert_close(ours_x, theirs_x, atol=1e-5, rtol=1e-4)


def test_the_order_of_rows_comes_back():
    ours, theirs = modules(bidirectional=True)
    found, expected = ours(packed())[0], theirs(packed())[0]
    assert torch.equal(found.unsorted_indices, expected.unsorted_indices)
    assert torch.equal(found.batch_sizes, expected.batch_sizes)


def test_its_own_pass_is_what_runs(monkeypatch):
    """PyTorch's LSTM is used wherever it is not slower."""
    calls = []
    forward = torch.nn.LSTM.forward
    monkeypatch.setattr(torch.nn.LSTM, "forward", lambda *args: calls.append(1) or forward(*args))
    ours, _ = modules()
    ours(packed())
    assert not calls
    states = torch.zeros(1, len(LENGTHS), 6), torch.zeros(1, len(LENGTHS), 6)
    with torch.no_grad():
        ours(packed())
    ours(packed(), states)
    ours(torch.zeros(2, 3, 4))
    assert len(calls) == 3


def test_products_in_half_precision_have_the_same_results_but_for_rounding():
    ours, _ = modules(bidirectional=True)
    given = packed()
    weights = [torch.ones(1), torch.ones(1), torch.zeros(1)]
    expected = results(ours, given, weights)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        found = results(ours, given, weights)
    assert found[0].dtype == torch.float32
    for half, single in zip(found, expected, strict=True):
        assert not torch.equal(half, single)
        assert_close(half, single, atol=0.1, rtol=0.1)


@pytest.mark.parametrize("base", [Seq2SeqEncoder, Seq2VecEncoder])
def test_encoder_is_allennlps_lstm(base):
    settings = {"input_size": 4, "hidden_size": 6, "num_layers": 2, "bidirectional": True}
    ours, theirs = (
        base.from_params(Params({"type": name, **settings})) for name in ("packed_lstm", "lstm")
    )
    theirs.load_state_dict(ours.state_dict())
    words = torch.randn(3, 5, 4)
    mask = torch.tensor([[True] * 5, [True] * 2 + [False] * 3, [False] * 5])
    assert_close(ours(words, mask), theirs(words, mask))
    assert ours.get_output_dim() == 12
