import torch
from allennlp.common import Params
from allennlp.modules import Seq2SeqEncoder
from torch.testing import assert_close

SETTINGS = {"input_size": 4, "hidden_size": 6, "num_layers": 2, "bidirectional": True}


def test_is_allennlps_lstm():
    ours, theirs = (
        Seq2SeqEncoder.from_params(Params({"type": name, **SETTINGS}))
        for name in ("packed_lstm", "lstm")
    )
    theirs.load_state_dict(ours.state_dict())
    words = torch.randn(3, 5, 4)
    mask = torch.tensor([[True] * 5, [True] * 2 + [False] * 3, [False] * 5])
    assert_close(ours(words, mask), theirs(words, mask))
    assert ours.get_output_dim() == 12
