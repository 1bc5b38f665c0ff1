"""An index with the TF-IDF vectors of all names of a knowledge base, in a folder next to it."""

import contextlib
import fcntl
import hashlib
import json
import os
import shlex
import shutil
import tempfile
from array import array
from pathlib import Path
from typing import Any, Dict, Iterator, List, NamedTuple, Optional, Sequence, Tuple

import numpy as np
from allennlp.common.checks import ConfigurationError
from tqdm import tqdm

from bio_ie.files.atomic_output import atomic_folder, atomic_writer
from bio_ie.knowledge.knowledge_base import KnowledgeBase
from bio_ie.knowledge.knowledge_base_file import KnowledgeBaseError
from bio_ie.knowledge.name_matrix import NameMatrix
from bio_ie.knowledge.stemming import stemmed_name
from bio_ie.knowledge.tfidf_vectors import TfidfVectors

INDEX_VERSION = 1
"""Increased with every change of the files, of the normalisation of names, or of their vectors."""

ALL_TYPES = "all_types"

_FILES = "files-"
"""The names of the folders with the files begin with this."""


class IndexSummary(NamedTuple):
    """The size of an index. `distinct_names` is the number of names that differ after
    normalisation."""

    concepts: int
    names: int
    distinct_names: int
    features: int


def index_folder(kb: KnowledgeBase, folder: Optional[str] = None) -> Path:
    """The folder of the index of a knowledge base: `folder`, if it is given, and otherwise
    `kb.sqlite.tfidf` for `kb.sqlite`."""
    return Path(f"{kb.path}.tfidf" if folder is None else folder)


def build_tfidf_index(
    kb: KnowledgeBase, folder: Optional[str] = None, progress: bool = False
) -> IndexSummary:
    """Builds the index of a knowledge base. The new index replaces an older one only once it is
    complete, so an interrupted build does not change the older index.

    # Parameters

    kb : `KnowledgeBase`
    folder : `str`, optional
        By default, the index is next to the knowledge base; see `index_folder`.
    progress : `bool`, optional (default = `False`)
        Shows progress bars on standard error if that is a terminal.

    Raises `KnowledgeBaseError` if the index cannot be built.
    """
    target = index_folder(kb, folder)
    is_hidden = None if progress else True  # None: no bar where standard error is no terminal
    concept_ids, rows, concept_of, row_of, num_names = _read_names(kb, is_hidden)
    if not any(len(row) > 1 for row in rows):
        raise KnowledgeBaseError(
            "there is nothing to index: no name has two letters or digits", kb.path
        )
    bars = [
        tqdm(rows, desc=part, unit=" names", disable=is_hidden) for part in ("words", "characters")
    ]
    vectors, matrix = TfidfVectors.fit(bars)
    pairs = np.unique(np.stack([row_of, concept_of], axis=1), axis=0)
    starts = np.concatenate([[0], np.cumsum(np.bincount(pairs[:, 0]))]).astype(np.int32)
    names = NameMatrix(matrix.tocsc().T, starts, pairs[:, 1].astype(np.int32))
    summary = IndexSummary(len(concept_ids), num_names, len(rows), vectors.num_features)
    description = {"version": INDEX_VERSION, "kb_fingerprint": kb.fingerprint}
    with _building(target, {**description, **summary._asdict()}) as new:
        vectors.save(new)
        np.save(new / "concepts.npy", np.array(concept_ids))
        (new / ALL_TYPES).mkdir()
        names.save(new / ALL_TYPES)
    return summary


def _read_names(
    kb: KnowledgeBase, is_hidden: Optional[bool]
) -> Tuple[List[str], List[str], np.ndarray, np.ndarray, int]:
    """Reads the names of a knowledge base.

    Returns the ids of concepts, the distinct normalised names, two arrays of the same length with
    the index of a concept and the index of one of its names, and the number of names before
    normalisation.
    """
    concept_ids: List[str] = []
    rows: Dict[str, int] = {}
    concept_of, row_of = array("q"), array("q")
    num_names = 0
    for concept_id, name in tqdm(kb.names(), desc="names", unit=" names", disable=is_hidden):
        num_names += 1
        if not concept_ids or concept_ids[-1] != concept_id:
            concept_ids.append(concept_id)
        stemmed = stemmed_name(name)
        if stemmed:
            row_of.append(rows.setdefault(stemmed, len(rows)))
            concept_of.append(len(concept_ids) - 1)
    return concept_ids, list(rows), np.array(concept_of), np.array(row_of), num_names


@contextlib.contextmanager
def _building(target: Path, description: Dict[str, Any]) -> Iterator[Path]:
    """Makes a folder in `target` for the files of a new index. The new index replaces the old one
    when `index.json` names the new folder."""
    if target.exists() and not target.is_dir():
        raise KnowledgeBaseError("is a file, not a folder for an index", target)
    try:
        target.mkdir(parents=True, exist_ok=True)
        handle = os.open(target, os.O_RDONLY)
    except OSError as error:
        raise KnowledgeBaseError(f"cannot be written: {error.strerror}", target) from error
    try:
        try:
            # The lock is released when the process ends, in whatever way.
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise KnowledgeBaseError("is being built by another process", target) from error
        new = Path(tempfile.mkdtemp(dir=target, prefix=_FILES))
        try:
            new.chmod(target.stat().st_mode)
            yield new
            with atomic_writer(target / "index.json") as file:
                json.dump({**description, "files": new.name}, file, indent=2)
                file.write("\n")
        except OSError as error:
            raise KnowledgeBaseError(f"cannot be written: {error.strerror}", target) from error
        finally:
            current = _read_description(target).get("files")
            for left in target.glob(f"{_FILES}*"):
                if left.name != current:
                    shutil.rmtree(left, ignore_errors=True)
    finally:
        os.close(handle)


def _read_description(folder: Path) -> Dict[str, Any]:
    """The content of `index.json`; empty if it cannot be read."""
    try:
        description = json.loads((folder / "index.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return description if isinstance(description, dict) else {}


class TfidfIndex:
    """
    The index of a knowledge base that `build_tfidf_index` built. Its files are mapped into memory,
    so that processes share them.

    # Parameters

    kb : `KnowledgeBase`
    folder : `str`, optional
        By default, the index is next to the knowledge base; see `index_folder`.

    Raises `KnowledgeBaseError` if there is no index, if it is damaged or of another version, or if
    it was built from other content than the knowledge base has.
    """

    def __init__(self, kb: KnowledgeBase, folder: Optional[str] = None) -> None:
        self._kb = kb
        self._folder = index_folder(kb, folder)
        self._remedy = f"build it with: bio-ie build-index {shlex.quote(kb.path)}"
        if folder is not None:
            self._remedy += f" --output {shlex.quote(folder)}"
        description = _read_description(self._folder)
        fingerprint = kb.fingerprint  # an error about the knowledge base itself comes first
        if not (self._folder / "index.json").exists():
            raise self._error("there is no TF-IDF index")
        if description.get("version") != INDEX_VERSION:
            raise self._error(
                f"has version {description.get('version')}, but this program reads version "
                f"{INDEX_VERSION}"
            )
        if description.get("kb_fingerprint") != fingerprint:
            raise self._error(f"is stale: it was built from other content than {kb.path} has")
        self._files = self._folder / str(description.get("files"))
        with self._reading():
            self.vectors = TfidfVectors.open(self._files)
            self.concept_ids = np.load(self._files / "concepts.npy", mmap_mode="r")
            everything = NameMatrix.open(self._files / ALL_TYPES)
        fits = everything.vectors.shape[0] == self.vectors.num_features
        if not fits or everything.concepts.max(initial=-1) >= len(self.concept_ids):
            raise self._error("is damaged (its files do not belong together)")
        self._names: Dict[Tuple[str, ...], NameMatrix] = {(): everything}

    def names(self, types: Sequence[str] = ()) -> NameMatrix:
        """The names of the concepts with at least one of the semantic types, or of all concepts if
        `types` is empty. The names for a set of types are saved with the index, if its folder is
        writable.

        Raises `ConfigurationError` if no concept has any of the types.
        """
        key = tuple(sorted(set(types)))
        if key not in self._names:
            digest = hashlib.sha256(json.dumps(key).encode()).hexdigest()
            folder = self._files / f"types-{digest[:16]}"
            if not folder.exists():
                names = self._restricted(key)
                # The folder may be read-only, or another process may have been first.
                with contextlib.suppress(OSError), atomic_folder(folder) as new:
                    names.save(new)
            if folder.exists():
                with self._reading():
                    names = NameMatrix.open(folder)
            self._names[key] = names
        return self._names[key]

    def _restricted(self, types: Tuple[str, ...]) -> NameMatrix:
        concepts = np.array(list(self._kb.concepts_of_types(types)), dtype=self.concept_ids.dtype)
        is_allowed = np.isin(self.concept_ids, concepts)
        if not is_allowed.any():
            raise ConfigurationError(
                f"no concept of {self._kb.path} has any of the semantic types {', '.join(types)}"
            )
        return self._names[()].restricted_to(is_allowed)

    @contextlib.contextmanager
    def _reading(self) -> Iterator[None]:
        try:
            yield
        except (OSError, ValueError) as error:
            raise self._error(f"is damaged ({error})") from error

    def _error(self, reason: str) -> KnowledgeBaseError:
        return KnowledgeBaseError(f"{reason}; {self._remedy}", self._folder)
