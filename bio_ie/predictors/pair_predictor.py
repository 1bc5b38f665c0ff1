"""Predicts relations of pairs of entities, even of entities that occur together in no sentence."""

from typing import Any, Dict, List, Optional

from allennlp.common.checks import ConfigurationError
from allennlp.common.util import JsonDict, lazy_groups_of
from allennlp.data import DatasetReader, Instance, Token
from allennlp.data.fields import Field, MetadataField, TextField
from allennlp.models import Model
from allennlp.predictors import Predictor

from bio_ie.encoders import merge_lora
from bio_ie.files.strict_json import parse_json
from bio_ie.models.relvm.label_thresholds import LabelThresholds

NAMESPACE = "entities"
"""The vocabulary namespace of entity identifiers."""


@Predictor.register("relation_pairs")
class PairPredictor(Predictor):
    """Predicts relations of entities with a `relvm_pair_classifier`. Since it needs no sentence, it
    does link prediction (Shah and Fauqueur 2020, section 5).

    A JSON line is one of

    * `{"entities": ["MESH:D012559", "MESH:D003371"]}`, a pair of entities. It also needs `types` if
      the model uses them;
    * `{"entity": "MESH:D012559", "top": 10}`, a single entity. It is paired with all other entities
      that the representation knows, and the pairs with the most probable relations are given, 10
      by default.

    The output for a pair is `{"entities": ..., "label": ..., "probabilities": {...}, "spread":
    {...}}`. `spread` is the spread over samples. The less sure the representation is of the two
    entities, the larger is the spread. The output for a single entity is `{"entity": ..., "links":
    [...]}`, with a list of such pairs. The output for an input that is not valid is the input with
    an `error`, and the other lines are still predicted.

    Registered as a `Predictor` with name "relation_pairs".

    # Parameters

    model : `Model`
    dataset_reader : `DatasetReader`
        The reader `relation_pairs`.
    batch_size : `int`, optional (default = `512`)
        The number of pairs in one batch.
    """

    def __init__(
        self,
        model: Model,
        dataset_reader: DatasetReader,
        frozen: bool = True,
        batch_size: int = 512,
    ) -> None:
        if batch_size < 1:
            raise ConfigurationError(f"batch_size must be positive, not {batch_size}")
        decision = getattr(model, "decision", None)
        if not isinstance(decision, LabelThresholds):
            raise ConfigurationError(
                f"the 'relation_pairs' predictor needs a classifier of pairs of entities, such as "
                f"'relvm_pair_classifier', not a {type(model).__name__}"
            )
        super().__init__(model, dataset_reader, frozen)
        if frozen:
            merge_lora(model)
        self._negative_label = decision.negative_label
        self.batch_size = batch_size

    def load_line(self, line: str) -> JsonDict:
        """The JSON object of a line. A line without a JSON object gives an object that reports the
        error."""
        try:
            value = parse_json(line)
        except ValueError as error:
            return {"error": f"not valid JSON: {error}"}
        return value if isinstance(value, dict) else {"error": "expected a JSON object"}

    def predict_json(self, inputs: JsonDict) -> JsonDict:
        return self.predict_batch_json([inputs])[0]

    def predict_batch_json(self, inputs: List[JsonDict]) -> List[JsonDict]:
        outputs: List[JsonDict] = [{**value, "error": self._error(value)} for value in inputs]
        fine = [place for place, output in enumerate(outputs) if output["error"] is None]
        pairs = [place for place in fine if "entities" in inputs[place]]
        found = self._predict_pairs([inputs[place] for place in pairs])
        for place, output in zip(pairs, found, strict=True):
            outputs[place] = output
        for place in set(fine) - set(pairs):
            outputs[place] = self._links(**inputs[place])
        return outputs

    def _error(self, value: JsonDict) -> Optional[str]:
        """A message about what is wrong with an input, or `None` if it is valid."""
        if value.keys() == {"error"}:
            return str(value["error"])  # the line could not be read
        entities = value.get("entities", [value.get("entity")])
        is_pair = "entities" in value
        if not isinstance(entities, list) or len(entities) != 1 + is_pair:
            return "needs 'entities', a list of two identifiers, or 'entity', one identifier"
        if not is_pair and value.keys() - {"entity", "top"}:
            return f"'entity' goes with 'top' alone, not with {sorted(value.keys())}"
        top = value.get("top", 1)
        if not isinstance(top, int) or top < 1:
            return f"'top' must be a positive whole number, not {top!r}"
        known = self._model.vocab.get_token_to_index_vocabulary(NAMESPACE)
        for entity in entities:
            if not isinstance(entity, str) or entity not in known:
                return f"the representation does not know the entity {entity!r}"
        return None

    def _predict_pairs(self, pairs: List[JsonDict]) -> List[JsonDict]:
        outputs: List[JsonDict] = []
        for some in lazy_groups_of(pairs, self.batch_size):
            found = self._model.forward_on_instances(list(map(self._json_to_instance, some)))
            for pair, output in zip(some, found, strict=True):
                outputs.append({"entities": pair["entities"], **_prediction(output)})
        return outputs

    def _links(self, entity: str, top: int = 10) -> JsonDict:
        vocab = self._model.vocab
        names = vocab.get_index_to_token_vocabulary(NAMESPACE).values()
        not_paired = {entity, vocab._padding_token, vocab._oov_token}
        others = [name for name in names if name not in not_paired]
        found = self._predict_pairs([{"entities": [entity, other]} for other in others])
        negative = self._negative_label
        # The sort is stable, so ties stay in the order of the vocabulary.
        found.sort(key=lambda output: output["probabilities"][negative])
        return {"entity": entity, "links": found[:top]}

    def _json_to_instance(self, json_dict: JsonDict) -> Instance:
        tokens = [Token(entity) for entity in json_dict["entities"]]
        metadata: Dict[str, Any] = {"entities": json_dict["entities"]}
        if "types" in json_dict:
            metadata["types"] = json_dict["types"]
        fields: Dict[str, Field] = {
            "entities": TextField(tokens),
            "metadata": MetadataField(metadata),
        }
        instance = Instance(fields)
        self._dataset_reader.apply_token_indexers(instance)
        return instance


def _prediction(output: JsonDict) -> JsonDict:
    return {name: output[name] for name in ("label", "probabilities", "spread") if name in output}
