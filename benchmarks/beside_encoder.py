"""The comparison of a model with its encoder alone."""

from functools import partial
from typing import Any, Callable, Dict, List, NamedTuple, Optional, Protocol, Sequence, TypeVar

import torch
from allennlp.data import TextFieldTensors
from allennlp.models import Model
from torch import Tensor

from benchmarks.bare_encoder import BareEncoder, waiting_for
from benchmarks.timing import Comparison, Side, compare


class MeasuredInputs(Protocol):
    """The input of a step of a model."""

    @property
    def inputs(self) -> Dict[str, Any]:
        """The arguments of the model's `forward`, with `words`."""


BatchType = TypeVar("BatchType", bound=MeasuredInputs)


class EncoderShare(NamedTuple):
    """The encoder's part in a step of a model."""

    inputs: Dict[str, Any]
    """What the model gives to its encoder."""
    gradient: Tensor
    """The gradient of some loss with respect to the encoder's output."""


def encoder_share(encoder: BareEncoder, model: Model, words: TextFieldTensors) -> EncoderShare:
    """The encoder's part in a step of `model`. Its gradient is random."""
    inputs, output = encoder.share(model.text_field_embedder, words)
    return EncoderShare(inputs, torch.randn_like(output))


def encoder_step(encoder: BareEncoder, with_backward: bool, share: EncoderShare) -> None:
    """Runs the encoder alone on its part in a step."""
    output = encoder(share.inputs)
    if with_backward:
        output.backward(share.gradient)


def beside_encoder(
    row: str,
    name: str,
    model: Model,
    run_model: Callable[[BatchType], Any],
    encoder: BareEncoder,
    batches: Sequence[BatchType],
    repeats: int,
    with_backward: bool,
    target: Optional[float],
    note: str,
    device: torch.device,
) -> Comparison:
    """Compares a model on batches with its encoder on the same words. Both run with their backward
    pass, or both without."""
    shares: List[EncoderShare] = [
        encoder_share(encoder, model, batch.inputs["words"]) for batch in batches
    ]

    def prepare(number: int) -> BatchType:
        model.zero_grad(set_to_none=True)
        return batches[number % len(batches)]

    def prepare_encoder(number: int) -> EncoderShare:
        model.zero_grad(set_to_none=True)
        return shares[number % len(shares)]

    return compare(
        row,
        Side(name, run_model, prepare),
        Side("bare encoder", partial(encoder_step, encoder, with_backward), prepare_encoder),
        repeats,
        target=target,
        note=note,
        finish=waiting_for(device),
    )
