"""Lists the labels of a vocabulary namespace, which may not exist."""

from typing import List

from allennlp.data import Vocabulary


def vocabulary_labels(vocab: Vocabulary, namespace: str) -> List[str]:
    """The labels of `namespace` by index; none if no instance had any."""
    if namespace not in vocab.get_namespaces():
        return []  # asking for the namespace would create it, and an empty one cannot be saved
    labels = vocab.get_index_to_token_vocabulary(namespace)
    return [labels[index] for index in range(len(labels))]
