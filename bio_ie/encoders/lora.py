"""Low-rank adaptation of a pretrained encoder, by the library `peft`."""

from typing import TYPE_CHECKING, Any, List, Optional

import torch
from allennlp.common import FromParams
from allennlp.common.checks import ConfigurationError

from bio_ie.encoders.layers import encoder_layers

# Predictors import this file, also for models without a pretrained encoder, so it imports no
# library of encoders.
if TYPE_CHECKING:
    from transformers import PreTrainedModel


class Lora(FromParams):
    """
    Low-rank adaptation (LoRA, Hu et al. 2022): the encoder's weights are frozen, and each adapted
    weight W is replaced by `W + alpha / rank * B A`, whose A and B are trained. B starts as 0.

    # Parameters

    rank : `int`, optional (default = `16`)
        The number of rows of A and of columns of B.
    alpha : `float`, optional
        Scales what is learned; by default twice the rank.
    dropout : `float`, optional (default = `0.0`)
        The dropout of the input of A.
    modules : `List[str]`, optional
        The names of the modules to adapt, or ends of them, such as `["query", "value"]`. By default
        they are all linear layers of the encoder's layers.
    """

    def __init__(
        self,
        rank: int = 16,
        alpha: Optional[float] = None,
        dropout: float = 0.0,
        modules: Optional[List[str]] = None,
    ) -> None:
        if rank < 1:
            raise ConfigurationError(f"the rank of lora must be positive, not {rank}")
        if not 0.0 <= dropout < 1.0:
            raise ConfigurationError(
                f"the dropout of lora must be at least 0 and less than 1, not {dropout}"
            )
        self.rank = rank
        self.alpha = 2.0 * rank if alpha is None else alpha
        self.dropout = dropout
        self.modules = modules


def add_lora(encoder: "PreTrainedModel", lora: Lora) -> None:
    """Adds adapters to the encoder, and freezes all that is no adapter.

    Raises `ConfigurationError` if `peft` is missing, or the encoder has none of the modules.
    """
    peft = _peft()
    names = _linear_layers(encoder)
    if lora.modules is not None:
        names = [name for name in names if _ends_with_one(name, lora.modules)]
        if not names:
            known = sorted({name.rpartition(".")[2] for name in _linear_layers(encoder)})
            raise ConfigurationError(
                f"the encoder has no {' or '.join(lora.modules)} that lora could adapt; it has "
                f"{', '.join(known)}"
            )
    adapters = peft.LoraConfig(
        r=lora.rank,
        lora_alpha=lora.alpha,
        lora_dropout=lora.dropout,
        target_modules=names,
        # GPT-2 keeps its weights transposed.
        fan_in_fan_out=not isinstance(encoder.get_submodule(names[0]), torch.nn.Linear),
    )
    peft.inject_adapter_in_model(adapters, encoder)
    for parameter in encoder.parameters():
        if parameter.requires_grad:
            # Adapters are small, so they need not be of half precision where the weights are.
            parameter.data = parameter.data.float()


def merge_lora(model: torch.nn.Module) -> None:
    """Adds what adapters anywhere in the model learned to the weights that they adapt, and takes
    them away. The model computes the same, but for rounding, and faster. It cannot be trained on.

    Weights of half precision keep their adapters, because they could not hold small changes.
    """
    if not any(name.endswith(".base_layer") for name, _ in model.named_modules()):
        return
    layer_class = _peft().tuners.lora.LoraLayer
    adapted = [
        (name, module)
        for name, module in model.named_modules()
        if isinstance(module, layer_class) and module.weight.dtype == torch.float32
    ]
    for name, module in adapted:
        module.merge()
        parent, _, own_name = name.rpartition(".")
        setattr(model.get_submodule(parent), own_name, module.get_base_layer())


def _peft() -> Any:
    try:
        import peft
    except ImportError as error:
        raise ConfigurationError(
            "lora needs the library peft, which is not installed: pip install 'bio_ie[lora]', or "
            "pip install peft"
        ) from error
    return peft


def _linear_layers(encoder: "PreTrainedModel") -> List[str]:
    """The names of the linear layers inside of the encoder's layers."""
    from transformers.pytorch_utils import Conv1D

    inside = {module for layer in encoder_layers(encoder) for module in layer.modules()}
    return [
        name
        for name, module in encoder.named_modules()
        if module in inside
        and isinstance(module, (torch.nn.Linear, Conv1D))
        # Longformer's for pieces that see the whole text, of which there are none.
        and not name.endswith("_global")
    ]


def _ends_with_one(name: str, ends: List[str]) -> bool:
    return any(name == end or name.endswith(f".{end}") for end in ends)
