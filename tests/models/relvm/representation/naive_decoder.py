"""Calculates p(c | z) step by step and sentence by sentence, with the whole softmax of each
word."""

from typing import Any, List

import torch

from bio_ie.models.relvm.representation import LatentDecoder


def naive_log_likelihood(
    decoder: LatentDecoder,
    sentence: List[int],
    is_dropped: List[bool],
    z: torch.Tensor,
    embeddings: torch.Tensor,
) -> torch.Tensor:
    """log p(c | z) of one sentence, by equations 4 and 5. For each step, `is_dropped` says whether
    the word before it is left out."""
    lstm: Any = decoder.lstm
    h = c = torch.zeros(lstm.hidden_size, dtype=z.dtype)
    step_z = z if decoder.latent_feedforward is None else decoder.latent_feedforward(z)
    total = torch.zeros((), dtype=z.dtype)
    for step, word in enumerate(sentence):
        previous = torch.zeros_like(embeddings[0])
        if step > 0 and not is_dropped[step]:
            previous = embeddings[sentence[step - 1]]
        gates = (
            lstm.weight_ih_l0 @ torch.cat([step_z, previous])
            + lstm.bias_ih_l0
            + lstm.weight_hh_l0 @ h
            + lstm.bias_hh_l0
        )
        i, f, g, o = gates.chunk(4)
        c = f.sigmoid() * c + i.sigmoid() * g.tanh()
        h = o.sigmoid() * c.tanh()
        output = torch.cat([h, z]) if decoder.latent_in_output else h
        scores = embeddings @ (decoder.softmax.projection.weight @ output)
        total = total + scores.log_softmax(0)[word]
    return total
