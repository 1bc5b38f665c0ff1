"""Finds the concepts whose names are nearest to some vectors."""

from pathlib import Path
from typing import Dict, List, NamedTuple, Optional, Tuple

import numpy as np
import scipy.sparse as sparse
from sparse_dot_topn import sp_matmul_topn

_CHUNK = 4096
"""The number of queries that are looked up at a time. So memory does not grow with the number of
queries."""

_NAMES_PER_CONCEPT = 3
"""The number of names that are asked for in the first search, for each concept that is wanted."""


class NearestConcepts(NamedTuple):
    """The nearest concepts of some queries. `concepts[starts[i]:starts[i + 1]]` are the concepts of
    query i, best first, and the same part of `scores` has their scores."""

    starts: np.ndarray
    concepts: np.ndarray
    scores: np.ndarray


class NameMatrix:
    """
    The vectors of names, and the concepts that have each name. Concepts are numbered in the order
    of their ids.

    # Parameters

    vectors : `scipy.sparse.csr_matrix`
        Shape `[features, names]`, single precision. The vector of each name has length 1 or 0.
    starts, concepts : `np.ndarray`
        `concepts[starts[i]:starts[i + 1]]` are the concepts with name i, at least one.
    """

    def __init__(
        self, vectors: sparse.csr_matrix, starts: np.ndarray, concepts: np.ndarray
    ) -> None:
        self.vectors = vectors
        self.starts = starts
        self.concepts = concepts

    @property
    def num_names(self) -> int:
        return int(self.vectors.shape[1])

    def restricted_to(self, is_allowed: np.ndarray) -> "NameMatrix":
        """A matrix of the allowed concepts and their names only.

        # Parameters

        is_allowed : `np.ndarray`
            Shape `[concepts]`, bool.
        """
        kept = is_allowed[self.concepts]
        name_of = np.repeat(np.arange(self.num_names), np.diff(self.starts))[kept]
        names, counts = np.unique(name_of, return_counts=True)
        starts = np.concatenate([[0], np.cumsum(counts)]).astype(self.starts.dtype)
        return NameMatrix(self.vectors[:, names], starts, self.concepts[kept])

    def nearest(self, queries: sparse.csr_matrix, k: int, num_threads: int = 1) -> NearestConcepts:
        """
        Finds the k concepts with the largest cosines for each query. The search is exact. The
        cosine of a concept is the largest cosine of its names. Ties are in the order of concepts.
        Concepts that have no feature in common with the query are left out.

        # Parameters

        queries : `scipy.sparse.csr_matrix`
            Shape `[queries, features]`.
        k : `int`
        num_threads : `int`, optional (default = `1`)
        """
        found = [
            self._nearest(queries[start : start + _CHUNK], k, num_threads)
            for start in range(0, queries.shape[0], _CHUNK)
        ]
        counts = [np.diff(part.starts) for part in found]
        return NearestConcepts(
            np.concatenate([[0], np.cumsum(np.concatenate([*counts, []]))]).astype(np.int64),
            np.concatenate([*(part.concepts for part in found), np.empty(0, np.int64)]),
            np.concatenate([*(part.scores for part in found), np.empty(0, np.float32)]),
        )

    def _nearest(self, queries: sparse.csr_matrix, k: int, num_threads: int) -> NearestConcepts:
        """Asks for more and more names, until no other concept can be among the first k."""
        settled: List[Tuple[np.ndarray, np.ndarray, np.ndarray]] = []
        pending = np.arange(queries.shape[0])
        queries, vectors = self._without_unused(queries)
        num_names = _NAMES_PER_CONCEPT * k
        while len(pending):
            names = sp_matmul_topn(
                queries[pending],
                vectors,
                top_n=min(num_names, max(self.num_names, 1)),
                threshold=0.0,
                sort=True,
                n_threads=num_threads,
            )
            rows, concepts, scores, kth_score = self._first_concepts(names, k)
            counts = np.diff(names.indptr)
            # The score of the last name that was found for each query.
            last_name = np.append(names.data, 0)[names.indptr[1:] - 1]
            # A further name can change the result only if its score is at least the score of the
            # k-th concept.
            is_settled = (counts < num_names) | (kth_score > last_name)
            is_settled |= counts == self.num_names
            kept = is_settled[rows]
            settled.append((pending[rows[kept]], concepts[kept], scores[kept]))
            pending = pending[~is_settled]
            num_names *= 4
        rows, concepts, scores = (np.concatenate(part) for part in zip(*settled, strict=True))
        order = np.argsort(rows, kind="stable")
        starts = np.searchsorted(rows[order], np.arange(queries.shape[0] + 1))
        return NearestConcepts(starts, concepts[order], scores[order])

    def _without_unused(
        self, queries: sparse.csr_matrix
    ) -> Tuple[sparse.csr_matrix, sparse.csr_matrix]:
        """The queries and the vectors of names, restricted to the features that some query has.

        The product copies its arguments, and all vectors together are large. The features of the
        most names come first. This takes a tenth less time, because most names are then met in
        their order.
        """
        used = np.unique(queries.indices)
        used = used[np.argsort(-np.diff(self.vectors.indptr)[used], kind="stable")]
        queries = queries[:, used]
        queries.sort_indices()
        return queries, self.vectors[used]

    def _first_concepts(
        self, names: sparse.csr_matrix, k: int
    ) -> Tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """The first k concepts of each query among its best names.

        Returns the query, the concept and the score of each of these concepts; and for each query
        the score of its k-th concept, or -1 if it has fewer concepts.
        """
        num_names = np.diff(names.indptr)
        # The concepts of each name, one after the other.
        counts = np.diff(self.starts)[names.indices]
        ends = np.cumsum(counts)
        total = int(ends[-1]) if len(ends) else 0
        places = np.arange(total) + np.repeat(self.starts[names.indices] - (ends - counts), counts)
        concepts = self.concepts[places].astype(np.int64)
        scores = np.repeat(names.data, counts)
        rows = np.repeat(np.repeat(np.arange(len(num_names)), num_names), counts)

        order = np.lexsort((concepts, -scores, rows))
        rows, concepts, scores = rows[order], concepts[order], scores[order]
        is_first = _is_first(rows * (int(self.concepts.max(initial=0)) + 1) + concepts)
        rows, concepts, scores = rows[is_first], concepts[is_first], scores[is_first]
        starts = np.searchsorted(rows, np.arange(len(num_names) + 1))
        rank = np.arange(len(rows)) - starts[rows]

        is_kth = rank == k - 1
        kth_score = np.full(len(num_names), -1, dtype=names.data.dtype)
        kth_score[rows[is_kth]] = scores[is_kth]
        is_kept = rank < k
        return rows[is_kept], concepts[is_kept], scores[is_kept], kth_score

    # Files

    def save(self, folder: Path) -> None:
        """Writes one file for each array."""
        for name, array in self._arrays().items():
            np.save(folder / f"{name}.npy", array)

    def _arrays(self) -> Dict[str, np.ndarray]:
        return {
            "weights": self.vectors.data,
            "names": self.vectors.indices,
            "features": self.vectors.indptr,
            "name_starts": self.starts,
            "name_concepts": self.concepts,
        }

    @classmethod
    def open(cls, folder: Path) -> "NameMatrix":
        """Maps the files that `save` wrote into memory, so that processes share them.

        Raises `ValueError` or `OSError` for anything else.
        """
        # "c" means copy-on-write. Nothing is written, but sparse-dot-topn refuses read-only arrays.
        weights, names, features, starts, concepts = (
            np.load(folder / f"{name}.npy", mmap_mode="c")
            for name in ("weights", "names", "features", "name_starts", "name_concepts")
        )
        shape = len(features) - 1, len(starts) - 1
        # The search, which is in C, would read whatever a wrong number points at.
        _require_rows(features, names, shape[1])
        _require_rows(starts, concepts, None)
        return cls(sparse.csr_matrix((weights, names, features), shape), starts, concepts)


def _require_rows(starts: np.ndarray, values: np.ndarray, end: Optional[int]) -> None:
    """Raises `ValueError` unless the values of row i are `values[starts[i]:starts[i + 1]]`, all
    values are in some row, and each is at least 0 and less than `end`, if that is given."""
    is_cut = starts[0] == 0 and starts[-1] == len(values) and (np.diff(starts) >= 0).all()
    is_known = not len(values) or (values.min() >= 0 and (end is None or values.max() < end))
    if not (is_cut and is_known):
        raise ValueError("numbers that lead out of its files")


def _is_first(keys: np.ndarray) -> np.ndarray:
    """Whether each key occurs for the first time."""
    result = np.zeros(len(keys), dtype=bool)
    result[np.unique(keys, return_index=True)[1]] = True
    return result
