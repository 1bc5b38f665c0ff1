"""One tag a word."""

from typing import Set

from allennlp.data.fields import SequenceLabelField
from allennlp.data.vocabulary import Vocabulary


class TagField(SequenceLabelField):
    """AllenNLP's `SequenceLabelField`, for data that may hold types which training did not.

    A model cannot predict a tag that its vocabulary lacks, yet a corpus that has one can be scored:
    the word counts as outside of entities in the tensors, and the mention stays gold in the
    instance's metadata, so it counts as missed.
    """

    __slots__ = ()

    def unknown_labels(self, vocab: Vocabulary) -> Set[str]:
        """The tags that `vocab` lacks, of which a model that is given them must not stay silent."""
        known = vocab.get_token_to_index_vocabulary(self._label_namespace)
        return {str(label) for label in self.labels} - known.keys()

    def index(self, vocab: Vocabulary) -> None:
        known = vocab.get_token_to_index_vocabulary(self._label_namespace)
        self._indexed_labels = [known.get(str(label), known["O"]) for label in self.labels]
