"""Turns names into TF-IDF vectors of their words and characters."""

from pathlib import Path
from typing import Iterable, List, Sequence, Tuple

import numpy as np
import scipy.sparse as sparse
from sklearn.feature_extraction.text import TfidfVectorizer

WORDS = {"analyzer": "word", "ngram_range": (1, 2), "token_pattern": r"\S+"}
CHARACTERS = {"analyzer": "char", "ngram_range": (2, 5)}
PARTS = {"words": WORDS, "characters": CHARACTERS}
"""Settings of scikit-learn's `TfidfVectorizer` for the two parts of a vector."""


class TfidfVectors:
    """
    Turns names into TF-IDF vectors of their words and characters.

    The vector of a name is `[w; c] / |[w; c]|`. w has the TF-IDF weights of its words and pairs of
    neighbouring words, and c has the TF-IDF weights of its sequences of 2 to 5 characters,
    including blanks. Both w and c are scaled to length 1. The weight of a feature is the number of
    times that it occurs in the name, times `ln((1 + n) / (1 + df)) + 1`, where df of all n names
    have the feature. So the product of two vectors is their cosine, and both parts have the same
    weight.

    Names are given as `stemmed_name` returns them. Features that no name of the knowledge base has
    are left out; a name with only such features has the zero vector.

    Made by `fit` or `open`.
    """

    def __init__(self, vectorizers: Sequence[TfidfVectorizer]) -> None:
        self._vectorizers = list(vectorizers)

    @classmethod
    def fit(cls, names: Sequence[Iterable[str]]) -> "Tuple[TfidfVectors, sparse.csr_matrix]":
        """Learns the features and weights of some names. Returns them together with the vectors of
        these names, `[names, features]`.

        # Parameters

        names : `Sequence[Iterable[str]]`
            The same names once for each part, because an iterator (with a progress bar) can be used
            only once.
        """
        vectorizers = [
            TfidfVectorizer(lowercase=False, dtype=np.float32, **settings)
            for settings in PARTS.values()
        ]
        parts = [
            vectorizer.fit_transform(part)
            for vectorizer, part in zip(vectorizers, names, strict=True)
        ]
        return cls(vectorizers), _unit_rows(parts)

    def transform(self, names: Sequence[str]) -> sparse.csr_matrix:
        """The vectors of names, `[names, features]`, single precision."""
        return _unit_rows([vectorizer.transform(names) for vectorizer in self._vectorizers])

    @property
    def num_features(self) -> int:
        return sum(len(vectorizer.vocabulary_) for vectorizer in self._vectorizers)

    def save(self, folder: Path) -> None:
        """Writes a text file of features and a file of weights for each part."""
        for part, vectorizer in zip(PARTS, self._vectorizers, strict=True):
            features = vectorizer.get_feature_names_out()
            with open(folder / f"{part}.txt", "w", encoding="utf-8", newline="\n") as file:
                file.writelines(f"{feature}\n" for feature in features)
            np.save(folder / f"{part}_idf.npy", vectorizer.idf_)

    @classmethod
    def open(cls, folder: Path) -> "TfidfVectors":
        """Reads the files that `save` wrote. Raises `ValueError` or `OSError` for anything else."""
        vectorizers: List[TfidfVectorizer] = []
        for part, settings in PARTS.items():
            with open(folder / f"{part}.txt", encoding="utf-8", newline="\n") as file:
                features = file.read().split("\n")[:-1]
            vocabulary = {feature: column for column, feature in enumerate(features)}
            vectorizer = TfidfVectorizer(
                lowercase=False, dtype=np.float32, vocabulary=vocabulary, **settings
            )
            vectorizer.idf_ = np.load(folder / f"{part}_idf.npy")
            vectorizers.append(vectorizer)
        return cls(vectorizers)


def _unit_rows(parts: Sequence[sparse.csr_matrix]) -> sparse.csr_matrix:
    """Puts the parts side by side and scales each row to length 1."""
    rows = sparse.hstack(parts, format="csr", dtype=np.float32)
    counts = np.diff(rows.indptr)
    squares = np.zeros(rows.shape[0], dtype=np.float32)
    for part in parts:
        # Each part has length 1, or 0 if it has no feature of the name.
        squares += np.diff(part.indptr) > 0
    rows.data /= np.repeat(np.sqrt(np.maximum(squares, 1)), counts)
    return rows
