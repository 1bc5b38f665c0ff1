import torch

from bio_ie.metrics import ActiveUnits


def means(number: int = 200) -> torch.Tensor:
    torch.manual_seed(1)
    # One unit varies much, one a little, one for a single input, and one not at all.
    scale = torch.tensor([2.0, 0.01, 0.0, 0.0])
    values = torch.randn(number, 4) * scale + torch.tensor([0.0, 0.0, 0.0, 5.0])
    values[0, 2] = 10.0
    return values


def test_units_are_active_whose_mean_varies() -> None:
    metric = ActiveUnits(num_units=4)
    assert isinstance(metric, ActiveUnits)
    metric(means())
    expected = int((means().double().var(0, correction=0) > 0.01).sum())
    assert metric.get_metric() == expected == 2


def test_batches_change_nothing_and_reset_forgets() -> None:
    metric = ActiveUnits(4)
    for part in means().split(7):
        metric(part)
    assert metric.get_metric(reset=True) == 2
    assert metric.get_metric() == 0.0
    metric(torch.ones(5, 4))
    assert metric.get_metric() == 0.0


def test_threshold_is_one_of_variances() -> None:
    metric = ActiveUnits(4, threshold=1e-5)
    metric(means())
    assert metric.get_metric() == 3


def test_state_goes_on_where_it_was() -> None:
    first, whole = ActiveUnits(4), ActiveUnits(4)
    whole(means())
    first(means()[:100])
    second = ActiveUnits(4)
    second.load_state_dict(first.state_dict())
    second(means()[100:])
    assert second.get_metric() == whole.get_metric()
    torch.testing.assert_close(second.state_dict()["sums"], whole.state_dict()["sums"])
