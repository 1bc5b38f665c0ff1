import torch
from allennlp.common import Params
from allennlp.training.optimizers import Optimizer
from torch.testing import assert_close


def trained(name):
    torch.manual_seed(0)
    layer = torch.nn.Linear(5, 3)
    settings = {
        "type": name,
        "lr": 0.01,
        "weight_decay": 0.1,
        "parameter_groups": [[["bias"], {"weight_decay": 0.0}]],
    }
    parameters = [(n, p) for n, p in layer.named_parameters()]
    optimizer = Optimizer.from_params(Params(settings), model_parameters=parameters)
    for step in range(5):
        optimizer.zero_grad()
        layer(torch.full((2, 5), float(step))).pow(2).sum().backward()
        optimizer.step()
    return layer.state_dict()


def test_updates_are_those_of_adamw():
    assert_close(trained("fused_adamw"), trained("adamw"))
