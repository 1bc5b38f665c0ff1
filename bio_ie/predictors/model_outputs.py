"""Runs a model on a batch."""

from typing import Dict, List

import torch
from allennlp.common.util import JsonDict
from allennlp.data import TensorDict
from allennlp.models import Model
from allennlp.nn.util import move_to_device


@torch.no_grad()
def outputs_of_instances(model: Model, tensors: TensorDict, num_instances: int) -> List[JsonDict]:
    """
    The output of a model for each instance of a batch, as `Model.forward_on_instances` gives it for
    instances whose tensors are not made yet.

    # Parameters

    model : `Model`
    tensors : `TensorDict`
        The batch. It is moved to the model's device.
    num_instances : `int`
        The number of instances in the batch. Outputs that are not one for each instance, such as a
        loss, are left out.
    """
    device = next((parameter.device for parameter in model.parameters()), torch.device("cpu"))
    # To look for tensors in the metadata of sentences takes longer than some heads.
    inputs = {
        name: value if name == "metadata" else move_to_device(value, device)
        for name, value in tensors.items()
    }
    outputs = model.make_output_human_readable(model(**inputs))
    separated: List[Dict[str, object]] = [{} for _ in range(num_instances)]
    for name, output in outputs.items():
        if isinstance(output, torch.Tensor) and not output.dim():
            continue
        values = output.cpu().numpy() if isinstance(output, torch.Tensor) else output
        if len(values) == num_instances:
            for of_instance, value in zip(separated, values, strict=True):
                of_instance[name] = value
    return separated
