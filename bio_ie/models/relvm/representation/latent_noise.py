"""The standard normal noise that samples of u and z are made of."""

from typing import Tuple

import torch

NUM_PLACES = 4093
"""Vectors of noise to choose from out of training; a prime, so that keys spread over all of
them."""


def content_keys(ids: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    """`[B]`, a number made of the ids of each row and their order, whatever its padding.

    # Parameters

    ids, mask : `torch.Tensor`
        `[B, N]`.
    """
    place = torch.arange(ids.size(1), device=ids.device)
    # Any odd numbers will do, large enough that those of short sentences differ.
    mixed = (ids + 1) * (2654435761 * (2 * place + 1) % 2147483647)
    return (mixed * mask).sum(1)


class LatentNoise(torch.nn.Module):
    """Noise for samples of u and z.

    In training it is drawn anew. Out of training the noise of a row depends on what is in the row
    alone: a row has the same samples, so the same predictions, in every batch, run and process,
    and rows with other contents have other ones, so that their errors cancel in a mean over rows.
    Samples come in pairs there, the noise of the second being that of the first times -1: means of
    an even number of them have the less error.

    # Parameters

    u_dim, z_dim : `int`
    seed : `int`, optional (default = `1`)
        Of the noise out of training.
    """

    bank: torch.Tensor

    def __init__(self, u_dim: int, z_dim: int, seed: int = 1) -> None:
        super().__init__()
        self._sizes = [u_dim, z_dim]
        generator = torch.Generator().manual_seed(seed)
        # Always the same from one seed, so there is no need to save it.
        bank = torch.randn(NUM_PLACES, u_dim + z_dim, generator=generator)
        self.register_buffer("bank", bank, persistent=False)

    def forward(self, keys: torch.Tensor, num_samples: int) -> Tuple[torch.Tensor, torch.Tensor]:
        """Noise `[S, B, u_dim]` and `[S, B, z_dim]`, for the `content_keys` `[B]` of rows."""
        if self.training:
            size = (num_samples, len(keys), self.bank.size(1))
            noise = torch.randn(size, device=self.bank.device, dtype=self.bank.dtype)
        else:
            sample = torch.arange(num_samples, device=keys.device).unsqueeze(1)
            place = torch.remainder(keys + sample // 2, NUM_PLACES)  # [S, B]
            noise = self.bank[place] * (1 - 2 * (sample % 2)).unsqueeze(2)
        u_noise, z_noise = noise.split(self._sizes, dim=2)
        return u_noise, z_noise
