"""The base of the benchmarks of KECI, SNERL and the multi-task linker."""

from typing import Any, ClassVar, Dict, Generic, List, Optional, Sequence, Type, TypeVar

import torch
from allennlp.common import Params
from allennlp.common.checks import ConfigurationError
from allennlp.data import Vocabulary
from allennlp.models import Model
from transformers import BertConfig

from benchmarks.bare_encoder import BareEncoder, measured_device
from benchmarks.beside_encoder import BatchType, EncoderShare, beside_encoder, encoder_share
from benchmarks.timing import Comparison

SCIBERT_LAYERS = 12

ModelType = TypeVar("ModelType", bound=Model)


class ModelBenchmark(Generic[BatchType]):
    """A model around an encoder of a given size.

    # Parameters

    encoder_config : `BertConfig`
        See `BareEncoder`.
    device : `str`, optional (default = `"cpu"`)
    bf16 : `bool`, optional (default = `False`)
        Whether the encoder computes in bfloat16, both inside the model and alone.

    Raises `NotMeasured` if there is no such device.
    """

    name: ClassVar[str]
    """The name of the model in rows."""
    target: ClassVar[Optional[float]] = None
    """The target for the ratio with an encoder of SciBERT's size. With a smaller encoder there is
    no target, because the same heads take a larger share of the time."""
    model: Any
    """Set by the subclass."""

    def __init__(self, encoder_config: BertConfig, device: str, bf16: bool) -> None:
        self.device = measured_device(device)
        self._target = self.target if encoder_config.num_hidden_layers >= SCIBERT_LAYERS else None
        torch.manual_seed(0)
        self.encoder = BareEncoder(encoder_config, bf16)

    def build(self, params: Dict[str, Any], vocab: Vocabulary, kind: Type[ModelType]) -> ModelType:
        """The model of a config, with this encoder in place of the config's own."""
        params = dict(params)
        embedder = Params(params.pop("text_field_embedder"))
        model = Model.from_params(
            Params(params),
            vocab=vocab,
            text_field_embedder=self.encoder.text_field_embedder(embedder, vocab),
        )
        if not isinstance(model, kind):
            raise ConfigurationError(
                f"the model is a {type(model).__name__}, not a {kind.__name__}"
            )
        return model.to(self.device)

    def training(self, row: str, batch_size: int, repeats: int) -> Comparison:
        """Compares forward and backward pass, without the optimizer, with the encoder's."""
        self.model.train()
        return self.beside_encoder(row, self.batches(batch_size, True), repeats, is_training=True)

    def beside_encoder(
        self, row: str, batches: Sequence[BatchType], repeats: int, is_training: bool
    ) -> Comparison:
        """Compares the model on batches with the bare encoder on the same words."""
        return beside_encoder(
            row,
            self.name,
            self.model,
            self.train if is_training else self.predict,
            self.encoder,
            batches,
            repeats,
            is_training,
            self._target,
            self.note(batches),
            self.device,
        )

    def encoder_share(self, batch: BatchType) -> EncoderShare:
        """The encoder's part in a step. Its gradient is random."""
        return encoder_share(self.encoder, self.model, batch.inputs["words"])

    def batches(self, batch_size: int, labelled: bool) -> List[BatchType]:
        """The batches in random order, full ones only. The longest texts may be left out."""
        raise NotImplementedError

    def train(self, batch: BatchType) -> None:
        """A step without the optimizer."""
        raise NotImplementedError

    def predict(self, batch: BatchType) -> Any:
        """Forward pass and decoding."""
        raise NotImplementedError

    def note(self, batches: Sequence[BatchType]) -> str:
        """A description of the measured input."""
        raise NotImplementedError
