"""The layers of a pretrained encoder, whatever its family calls them."""

from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any, Callable, Iterator, List

import torch
from allennlp.common.checks import ConfigurationError
from torch.utils.checkpoint import checkpoint

if TYPE_CHECKING:
    from transformers import PreTrainedModel


def encoder_layers(encoder: "PreTrainedModel") -> List[torch.nn.Module]:
    """The modules that compute the encoder's layers, from the lowest to the highest one. A module
    whose weights several layers share (ALBERT) is there several times."""
    depth = encoder.config.get_text_config().num_hidden_layers
    groups = getattr(getattr(encoder, "encoder", None), "albert_layer_groups", None)
    if groups is not None:
        group_of = [layer * len(groups) // depth for layer in range(depth)]
        return [layer for group in group_of for layer in groups[group].albert_layers]
    for module in encoder.modules():
        if isinstance(module, torch.nn.ModuleList) and len(module) == depth:
            return list(module)
    raise ConfigurationError(
        f"the layers of an encoder of type {encoder.config.model_type!r} are not known"
    )


@contextmanager
def changed_after(
    encoder: "PreTrainedModel", layer: int, change: Callable[[torch.Tensor], torch.Tensor]
) -> Iterator[None]:
    """A context manager in which `change` replaces the vectors that a layer of the encoder puts
    out. The layers above it read the new ones, and so do the encoder's `hidden_states`.

    # Parameters

    encoder : `PreTrainedModel`
    layer : `int`
        The number of the layer; the lowest one is 1.
    change : `Callable[[Tensor], Tensor]`
        Gets vectors `[windows, pieces, H]` and returns as many. A family may add pieces of padding
        (Longformer).
    """
    layers = encoder_layers(encoder)
    module = layers[layer - 1]
    # One module may compute several layers.
    turn, num_turns, num_calls = layers[:layer].count(module), layers.count(module), 0

    def replace(module: torch.nn.Module, args: Any, output: Any) -> Any:
        nonlocal num_calls
        num_calls += 1
        if (num_calls - turn) % num_turns:
            return output
        if isinstance(output, tuple):
            return (change(output[0]), *output[1:])
        return change(output)

    # The library records `hidden_states` by hooks, which have to come later.
    hook = module.register_forward_hook(replace, prepend=True)
    try:
        yield
    finally:
        hook.remove()


def checkpoint_layers(encoder: "PreTrainedModel") -> None:
    """Makes each layer forget what it computes inside, and compute it again when gradients need it.

    The library's own checkpointing is not there for all families, and it depends on the version
    whether hooks on a layer run a second time. Here they do not.
    """
    for layer in set(encoder_layers(encoder)):
        # A `partial` of the layer, unlike a function, is copied together with the layer.
        layer.forward = partial(_checkpointed, layer)


def _checkpointed(layer: torch.nn.Module, *args: Any, **kwargs: Any) -> Any:
    forward = partial(type(layer).forward, layer)
    if not torch.is_grad_enabled():
        return forward(*args, **kwargs)
    return checkpoint(forward, *args, use_reentrant=False, **kwargs)
