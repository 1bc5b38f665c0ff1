"""A field with one tag per word."""

from typing import Set

from allennlp.data.fields import SequenceLabelField
from allennlp.data.vocabulary import Vocabulary


class TagField(SequenceLabelField):
    """AllenNLP's `SequenceLabelField` for data with types that training may not have had.

    A model cannot predict a tag that is not in its vocabulary. A corpus with such a tag can still
    be scored: in the tensors the word counts as outside of entities, and in the instance's metadata
    the mention stays gold, so it counts as missed.
    """

    __slots__ = ()

    def unknown_labels(self, vocab: Vocabulary) -> Set[str]:
        """The tags that are not in `vocab`. A model that is given such tags must report them."""
        known = vocab.get_token_to_index_vocabulary(self._label_namespace)
        return {str(label) for label in self.labels} - known.keys()

    def index(self, vocab: Vocabulary) -> None:
        known = vocab.get_token_to_index_vocabulary(self._label_namespace)
        self._indexed_labels = [known.get(str(label), known["O"]) for label in self.labels]
