"""Splits a corpus into folds and held-out parts, the same on every machine and in every run."""

import hashlib
from collections import Counter
from dataclasses import dataclass, field
from typing import Dict, Iterable, Iterator, List, Optional, Set, Tuple

from allennlp.common.checks import ConfigurationError

from bio_ie.data.corpora.corpus_format import CorpusFormat
from bio_ie.data.corpora.wrappers.wrapper_format import WrapperFormat
from bio_ie.files.corpus_error import CorpusError
from bio_ie.files.corpus_report import CorpusReport
from bio_ie.text.counted import counted
from bio_ie.text.document import Document

SPLITS = ("train", "validation", "test")


@dataclass
class _Group:
    """Documents that have to stay together."""

    key: str
    indices: List[int] = field(default_factory=list)
    types: Set[str] = field(default_factory=set)


@CorpusFormat.register("k_fold")
class KFoldFormat(WrapperFormat):
    """Splits a corpus into folds and reads one part of it.

    Registered as a `CorpusFormat` with name "k_fold". It is usually given in the data path and not
    in the reader: `{"file": ..., "fold": 0, "num_folds": 10, "split": "train"}`; see
    `bio_ie.data.corpora.corpus_path`.

    The corpus is split into `num_folds` disjoint folds. Fold number `fold` is the test part. The
    validation part is taken from the rest of the corpus, and the remaining documents are the
    training part. The part of a document depends only on the documents' ids, their number and
    `seed`, and not on the order of the file or on Python's hash seed. Documents keep the order of
    the file. The three parts are disjoint only if all settings except `split` are the same,
    including `validation_share`. The whole corpus is in memory while it is read.

    # Parameters

    format : `CorpusFormat`
        Reads the corpus.
    split : `str`
        `"train"`, `"validation"` or `"test"`.
    fold : `int`, optional (default = `None`)
        The number of the test fold, from 0. Required with `num_folds`.
    num_folds : `int`, optional (default = `None`)
        With `None` there is no test part, only training and validation.
    validation_share : `float`, optional (default = `0`)
        Below 1, the share of the documents outside the test part that become the validation part.
        From 1 on, the number of documents in the validation part. A split of 80/10/10 with 10 folds
        needs a share of 1/9. The size is exact without groups. With `group_by_metadata` it can be
        up to half a group larger or smaller.
    seed : `int`, optional (default = `0`)
    group_by_metadata : `str`, optional (default = `None`)
        Documents with the same value for this key of their metadata stay in the same part. For
        example, `"pmid"` keeps the sentences of an abstract together that `ade` with
        `group_by: "sentence"` reads. By default documents are not grouped.
    stratify_by : `str`, optional (default = `None`)
        With `"relations"` or `"mentions"`, the documents with the same set of relation (mention)
        types are spread evenly over the parts.
    """

    streams = False
    reads_by_file = False

    def __init__(
        self,
        format: CorpusFormat,
        split: str,
        fold: Optional[int] = None,
        num_folds: Optional[int] = None,
        validation_share: float = 0,
        seed: int = 0,
        group_by_metadata: Optional[str] = None,
        stratify_by: Optional[str] = None,
    ) -> None:
        super().__init__(format)
        if split not in SPLITS:
            raise ConfigurationError(f"split must be one of {SPLITS}, not {split!r}")
        if (fold is None) != (num_folds is None):
            raise ConfigurationError("fold and num_folds must be given together or not at all")
        if num_folds is not None and (num_folds < 2 or not 0 <= (fold or 0) < num_folds):
            raise ConfigurationError(
                "num_folds must be at least 2, and fold must be from 0 to num_folds - 1, but fold "
                f"is {fold} and num_folds is {num_folds}"
            )
        if split == "test" and num_folds is None:
            raise ConfigurationError("there is no test split without fold and num_folds")
        if not validation_share >= 0 or (validation_share > 1 and validation_share % 1):
            raise ConfigurationError(
                f"validation_share {validation_share} is neither a share nor a number of documents"
            )
        if split == "validation" and not validation_share:
            raise ConfigurationError("the validation split needs a validation_share")
        if stratify_by not in (None, "relations", "mentions"):
            raise ConfigurationError(
                f"stratify_by must be 'relations' or 'mentions', not {stratify_by!r}"
            )
        self.split = split
        self.fold = fold
        self.num_folds = num_folds
        self.validation_share = validation_share
        self.seed = seed
        self.group_by_metadata = group_by_metadata
        self.stratify_by = stratify_by

    def _documents(self, path: str, report: CorpusReport) -> Iterator[Document]:
        documents = list(self.format.read(path, report))
        groups = self._groups(documents, path)
        if self.num_folds is not None and len(groups) < self.num_folds:
            number = (
                counted(len(groups), "document")
                if self.group_by_metadata is None
                else counted(len(groups), "group of documents", "groups of documents")
            )
            raise CorpusError(f"{number} cannot be split into {self.num_folds} folds", path)
        chosen = self._chosen(groups)
        yield from (document for index, document in enumerate(documents) if index in chosen)

    def _groups(self, documents: List[Document], path: str) -> List[_Group]:
        """The groups, ordered by their types and then in a random order, which is always the same
        for a seed."""
        groups: Dict[str, _Group] = {}
        repeated: Counter[str] = Counter()
        for index, document in enumerate(documents):
            if self.group_by_metadata is None:
                key = f"{document.id}\n{repeated[document.id]}"
                repeated[document.id] += 1
            else:
                if self.group_by_metadata not in document.metadata:
                    raise CorpusError(
                        f"its metadata has no {self.group_by_metadata!r} to group by",
                        path,
                        document_id=document.id,
                    )
                key = str(document.metadata[self.group_by_metadata])
            group = groups.setdefault(key, _Group(key))
            group.indices.append(index)
            if self.stratify_by is not None:
                group.types.update(item.type for item in getattr(document, self.stratify_by))
        return sorted(
            groups.values(), key=lambda group: (sorted(group.types), self._hash(group.key))
        )

    def _hash(self, key: str) -> str:
        return hashlib.sha256(f"{self.seed}\n{key}".encode("utf-8", "surrogatepass")).hexdigest()

    def _chosen(self, groups: List[_Group]) -> Set[int]:
        """The indices of the documents of this split."""
        test, rest = self._test_part(groups)
        if self.split == "test":
            return _indices(test)
        validation, train = self._validation_part(rest)
        return _indices(validation if self.split == "validation" else train)

    def _test_part(self, groups: List[_Group]) -> Tuple[List[_Group], List[_Group]]:
        """The groups of the test part, and the other groups.

        Each group goes to the fold with the fewest documents of the same set of types. Among such
        folds, it goes to the one with the fewest documents.
        """
        if self.num_folds is None:
            return [], groups
        sizes = [0] * self.num_folds
        sizes_of: Counter[Tuple[int, Tuple[str, ...]]] = Counter()
        parts: Tuple[List[_Group], List[_Group]] = ([], [])
        for group in groups:
            types = tuple(sorted(group.types))
            fold = min(range(self.num_folds), key=lambda part: (sizes_of[part, types], sizes[part]))
            sizes[fold] += len(group.indices)
            sizes_of[fold, types] += len(group.indices)
            parts[fold != self.fold].append(group)
        return parts

    def _validation_part(self, groups: List[_Group]) -> Tuple[List[_Group], List[_Group]]:
        """The groups of the validation part, and the other groups.

        Groups are taken at even distances, so that every stratum contributes its share. A group is
        taken if that brings the validation part closer to its share of the documents so far.
        """
        total = sum(len(group.indices) for group in groups)
        wanted = self._validation_size(total)
        parts: Tuple[List[_Group], List[_Group]] = ([], [])
        seen = taken = 0
        for group in groups:
            seen += len(group.indices)
            # taken + size / 2 <= seen * wanted / total, without a rounding error
            is_taken = (2 * taken + len(group.indices)) * total <= 2 * seen * wanted
            taken += len(group.indices) if is_taken else 0
            parts[not is_taken].append(group)
        return parts

    def _validation_size(self, total: int) -> int:
        if self.validation_share < 1:
            return round(self.validation_share * total)
        if self.validation_share >= total:
            raise ConfigurationError(
                f"validation_share {self.validation_share:.0f} leaves no document for training "
                f"out of {counted(total, 'document')}"
            )
        return int(self.validation_share)


def _indices(groups: Iterable[_Group]) -> Set[int]:
    return {index for group in groups for index in group.indices}
