"""The standard normal noise from which samples of u and z are made."""

from typing import Tuple

import torch

NUM_PLACES = 4093
"""The number of vectors of noise to choose from out of training. It is a prime, so that keys spread
over all of them."""


def content_keys(ids: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    """A number for each row, `[B]`, that depends on its ids and their order, but not on padding.

    # Parameters

    ids, mask : `torch.Tensor`
        `[B, N]`.
    """
    place = torch.arange(ids.size(1), device=ids.device)
    # Any odd numbers will do that are so large that the keys of short sentences differ.
    mixed = (ids + 1) * (2654435761 * (2 * place + 1) % 2147483647)
    return (mixed * mask).sum(1)


class LatentNoise(torch.nn.Module):
    """Noise for samples of u and z.

    In training it is drawn anew. Out of training the noise of a row depends only on the contents of
    the row. So a row has the same samples, and the same predictions, in every batch, run and
    process. Rows with other contents have other samples, so that their errors cancel in a mean over
    rows. Out of training, samples come in pairs, where the noise of the second is the noise of the
    first times -1. This reduces the error of a mean over an even number of samples.

    # Parameters

    u_dim, z_dim : `int`
    seed : `int`, optional (default = `1`)
        The seed of the noise out of training.
    """

    bank: torch.Tensor

    def __init__(self, u_dim: int, z_dim: int, seed: int = 1) -> None:
        super().__init__()
        self._sizes = [u_dim, z_dim]
        generator = torch.Generator().manual_seed(seed)
        # A seed always gives the same noise, so there is no need to save it.
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
