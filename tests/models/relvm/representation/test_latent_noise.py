import torch

from bio_ie.models.relvm.representation import LatentNoise, content_keys


def noise_for(keys: torch.Tensor, num_samples: int) -> torch.Tensor:
    noise = LatentNoise(3, 2).eval()
    u_noise, z_noise = noise(keys, num_samples)
    assert u_noise.shape == (num_samples, len(keys), 3)
    assert z_noise.shape == (num_samples, len(keys), 2)
    return torch.cat([u_noise, z_noise], dim=2)


def test_a_row_has_the_same_noise_in_every_batch() -> None:
    keys = torch.tensor([5, -70_000_000_000, 12])
    together = noise_for(keys, 4)
    for row in range(3):
        alone = noise_for(keys[row : row + 1], 4)
        assert torch.equal(together[:, row : row + 1], alone)


def test_samples_come_in_opposite_pairs() -> None:
    samples = noise_for(torch.arange(7), 6)
    assert torch.equal(samples[0::2], -samples[1::2])
    assert not torch.equal(samples[0], samples[2])
    assert samples.mean(0).abs().max() < 1e-6
    assert noise_for(torch.arange(7), 1).abs().min() > 0


def test_noise_over_many_rows_is_standard_normal() -> None:
    samples = noise_for(torch.randint(10**9, (4000,)), 2).flatten(0, 1)
    assert samples.mean(0).abs().max() < 0.05
    assert (samples.var(0) - 1).abs().max() < 0.1


def test_noise_is_drawn_anew_in_training() -> None:
    noise = LatentNoise(3, 2).train()
    keys = torch.tensor([1, 1])
    first, second = noise(keys, 1)[0], noise(keys, 1)[0]
    assert not torch.equal(first, second)
    assert not torch.equal(first[0, 0], first[0, 1])


def test_noise_is_not_saved() -> None:
    assert not LatentNoise(3, 2).state_dict()


def test_keys_depend_on_words_and_order_but_not_on_padding() -> None:
    rows = torch.tensor([[3, 4, 5, 0, 0], [4, 3, 5, 0, 0], [3, 4, 5, 5, 0], [3, 4, 6, 0, 0]])
    keys = content_keys(rows, rows != 0)
    assert len(set(keys.tolist())) == 4
    assert torch.equal(keys[:1], content_keys(rows[:1, :3], rows[:1, :3] != 0))
