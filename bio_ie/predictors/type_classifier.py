"""Predicts the entity type of an ambiguous name from the sentence around it."""

from typing import Dict, List, Sequence, Tuple

from allennlp.common.checks import ConfigurationError
from allennlp.data import DatasetReader
from allennlp.models import Model, load_archive

from bio_ie.data.dataset_readers.dictionary_types import DictionaryTypesReader
from bio_ie.text.document import Span


class TypeClassifier:
    """A trained classifier that predicts the types of names from their sentences (RELVM, section
    4.1).

    # Parameters

    archive : `str`
        The archive of a model with the reader `dictionary_types` whose outputs have `probs`, such
        as AllenNLP's `basic_classifier`.
    cuda_device : `int`, optional (default = `-1`)
    batch_size : `int`, optional (default = `64`)

    Raises `ConfigurationError` for an archive of another kind of model, or one that would run
    foreign code.
    """

    def __init__(self, archive: str, cuda_device: int = -1, batch_size: int = 64) -> None:
        loaded = load_archive(archive, cuda_device=cuda_device)
        reader: DatasetReader = loaded.validation_dataset_reader
        if not isinstance(reader, DictionaryTypesReader):
            raise ConfigurationError(f"{archive} was not trained on dictionary_types")
        self._reader = reader
        self._model: Model = loaded.model.eval()
        self._batch_size = batch_size
        labels = self._model.vocab.get_index_to_token_vocabulary("labels")
        self.types: List[str] = [labels[index] for index in range(len(labels))]

    def probabilities(self, names: Sequence[Tuple[str, Span]]) -> List[Dict[str, float]]:
        """The probability of each type, for each name. A name is given as the text of its sentence
        and its place in that text."""
        instances = []
        for text, span in names:
            instance = self._reader.text_to_instance(self._reader.named_type(text, span))
            self._reader.apply_token_indexers(instance)
            instances.append(instance)
        result = []
        for start in range(0, len(instances), self._batch_size):
            batch = instances[start : start + self._batch_size]
            for output in self._model.forward_on_instances(batch):
                result.append(dict(zip(self.types, map(float, output["probs"]), strict=True)))
        return result
