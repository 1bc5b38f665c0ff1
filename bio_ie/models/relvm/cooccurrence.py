"""The baseline that relates all entities which share a sentence, so that it misses nothing."""

from typing import Any, Dict, List, Optional

import torch
from allennlp.common.checks import ConfigurationError
from allennlp.data import TextFieldTensors, Vocabulary
from allennlp.models import Model
from allennlp.nn import RegularizerApplicator
from allennlp.nn.parallel import DdpAccelerator

from bio_ie.data.pairs.relation_labels import pair_label
from bio_ie.models.relvm.label_thresholds import LabelThresholds
from bio_ie.models.relvm.relation_outputs import described_rows, real_rows, relation_labels


@Model.register("cooccurrence")
class Cooccurrence(Model):
    """Gives every two entities that share a sentence the label of their two types (Shah and
    Fauqueur 2020, section 4.3.1, "Co-occurrences"): a chemical and a disease are CHEMICAL-DISEASE.
    If there is no such label, they get the negative label.

    The model learns nothing; its trainer is AllenNLP's `no_op`. Registered as a `Model` with name
    "cooccurrence". Instances come from `relation_pairs`.

    # Parameters

    negative_label : `str`, optional (default = `"NO-RELATION"`)
        The label of entities without a relation.
    regularizer, serialization_dir, ddp_accelerator : optional
        As in every `Model`.

    # Output of `forward`

    `probabilities` `[B, C]`, each 0 or 1, `predicted` `[B]`, and `metadata`.
    """

    default_predictor = "relation_pairs"

    def __init__(
        self,
        vocab: Vocabulary,
        negative_label: str = "NO-RELATION",
        regularizer: Optional[RegularizerApplicator] = None,
        serialization_dir: Optional[str] = None,
        ddp_accelerator: Optional[DdpAccelerator] = None,
    ) -> None:
        # The ignored type lacks an Optional in AllenNLP.
        super().__init__(vocab, regularizer, serialization_dir, ddp_accelerator)  # type: ignore[arg-type]
        self.labels = relation_labels(vocab, negative_label)
        self._index = {label: index for index, label in enumerate(self.labels)}
        self._negative = self._index[negative_label]
        self.decision = LabelThresholds(self.labels, negative_label)
        # AllenNLP finds out a model's device from its parameters, so there must be one.
        self.nothing = torch.nn.Parameter(torch.zeros(1))

    def forward(
        self,
        entities: TextFieldTensors,
        label: Optional[torch.Tensor] = None,
        metadata: Optional[List[Dict[str, Any]]] = None,
    ) -> Dict[str, Any]:
        """
        # Parameters

        entities : `TextFieldTensors`
            Not used.
        label : `torch.Tensor`, optional
            `[B]`.
        metadata : `List[Dict[str, Any]]`
            Each with the `types` of both entities and, optionally, `sentences`, the number of
            sentences that they share. Entities that share 0 get the negative label.
        """
        if metadata is None:
            raise ConfigurationError("cooccurrence needs the types of both entities of every pair")
        chosen = torch.tensor(list(map(self._choice, metadata)), device=self.nothing.device)
        probabilities = torch.nn.functional.one_hot(chosen, len(self.labels)).float()
        if label is not None:
            real = real_rows(metadata, len(label), label.device)
            self.decision.count_labels(probabilities[real], label[real])
        # AllenNLP needs a loss to train and to test; this one has no effect.
        return {
            "loss": self.nothing.sum(),
            "probabilities": probabilities,
            "predicted": chosen,
            "metadata": metadata,
        }

    def _choice(self, metadata: Dict[str, Any]) -> int:
        if len(metadata.get("types", ())) != 2:
            raise ConfigurationError("cooccurrence needs the types of both entities of every pair")
        if metadata.get("sentences") == 0:
            return self._negative
        return self._index.get(pair_label(metadata["types"]), self._negative)

    def make_output_human_readable(self, output_dict: Dict[str, Any]) -> Dict[str, Any]:
        """For each row `label` and `probabilities` (`described_rows`)."""
        return described_rows(self.labels, output_dict)

    def get_metrics(self, reset: bool = False) -> Dict[str, float]:
        """Scores (`LabelThresholds`)."""
        return self.decision.get_metric(reset)
