"""An optimizer in the place of `transformers.AdamW`, which transformers 5 no longer has."""

from typing import Any, Tuple

import torch


class AdamW(torch.optim.AdamW):
    """
    torch's AdamW with the parameters of `transformers.AdamW`. The steps of the two differ a little:
    torch's adds `eps` to the square root of the corrected average and not of the plain one, and it
    applies the weight decay before the step and not after it.

    # Parameters

    params, lr, betas, eps, weight_decay
        See `torch.optim.AdamW`.
    correct_bias : `bool`, optional (default = `True`)
        Must be true.
    """

    def __init__(
        self,
        params: Any,
        lr: float = 1e-3,
        betas: Tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-6,
        weight_decay: float = 0.0,
        correct_bias: bool = True,
    ) -> None:
        if not correct_bias:
            raise ValueError(
                "correct_bias cannot be false: transformers no longer has an optimizer that does "
                "not correct the bias of its averages"
            )
        super().__init__(params, lr=lr, betas=betas, eps=eps, weight_decay=weight_decay)
