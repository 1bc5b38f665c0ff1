"""What every reader of this package shares: documents in, instances out, sharded evenly."""

import itertools
import logging
from collections import Counter
from typing import (
    Any,
    Dict,
    Generic,
    Iterable,
    Iterator,
    List,
    Mapping,
    Optional,
    Sequence,
    Tuple,
    TypeVar,
    Union,
)

import torch.distributed as dist
from allennlp.common import Params, util
from allennlp.common.checks import ConfigurationError
from allennlp.common.from_params import infer_params
from allennlp.data import DatasetReader, Instance, Tokenizer
from allennlp.data.token_indexers import TokenIndexer

from bio_ie.data.corpora.corpus_format import CorpusFormat
from bio_ie.data.corpora.corpus_path import read_corpus
from bio_ie.data.corpora.formats.jsonl import JsonlFormat
from bio_ie.data.losses import Losses
from bio_ie.files.corpus_report import CorpusReport
from bio_ie.text.counted import counted_lines
from bio_ie.text.document import Document
from bio_ie.text.tokenizers import (
    PysbdSentenceSplitter,
    ScispacyRulesTokenizer,
    SpanSentenceSplitter,
)

logger = logging.getLogger(__name__)

View = TypeVar("View")
CorpusPath = Union[str, Mapping[str, Any]]

VIEWS_AT_ONCE = 16
"""So many are prepared together. Of so many documents, abbreviations are remembered."""


class DocumentReader(DatasetReader, Generic[View]):
    """Base of the readers: a document is cut into views (a sentence, a whole abstract, ...), and
    each view becomes one instance.

    A subclass gives `views(document)`, cheap and without tensors, and
    `view_to_instance(view, labelled, is_padding)`. Sharding happens between the two, so that
    loader workers and distributed ranks build their own instances only. In distributed training
    every rank gets the same number of instances: the last round is filled with a copy of the last
    view, flagged `is_padding`, which metrics skip.

    A subclass whose instances need the mentions of a document, labelled or not, sets
    `reads_mentions`: then they are part of what a user gives for prediction, or come from
    `mention_detector`, the archive of a model that finds them.

    # Parameters

    corpus : `CorpusFormat`, optional (default = `jsonl`)
        The format of a data path that does not name its own (`bio_ie.data.corpora.corpus_path`).
    tokenizer : `Tokenizer`, optional (default = `scispacy_rules`)
        Its tokens need `idx` and `idx_end`. Not used for documents that come tokenised.
    sentence_splitter : `SpanSentenceSplitter`, optional (default = `pysbd`)
        Not used for documents that come with sentences.
    token_indexers : `Dict[str, TokenIndexer]`
    max_instances : `int`, optional
        Read only this many instances, over all ranks and workers together.
    serialization_dir : `str`, optional
        Given by AllenNLP.
    """

    reads_mentions: bool = False
    mention_detector: Optional[str] = None

    def __init__(
        self,
        token_indexers: Dict[str, TokenIndexer],
        corpus: Optional[CorpusFormat] = None,
        tokenizer: Optional[Tokenizer] = None,
        sentence_splitter: Optional[SpanSentenceSplitter] = None,
        max_instances: Optional[int] = None,
        serialization_dir: Optional[str] = None,
    ) -> None:
        super().__init__(
            manual_distributed_sharding=True,
            manual_multiprocess_sharding=True,
            serialization_dir=serialization_dir,
        )
        self.corpus = corpus or JsonlFormat()
        self.tokenizer = tokenizer or ScispacyRulesTokenizer()
        self.sentence_splitter = sentence_splitter or PysbdSentenceSplitter()
        self._token_indexers = token_indexers
        # AllenNLP would cut each rank's share, and leave the ranks with unequal numbers.
        self._max_views = max_instances
        self.losses: Losses = Counter()
        """What the last reading could not express, by reason."""

    @classmethod
    def from_params(
        cls,
        params: Params,
        constructor_to_call: Any = None,
        constructor_to_inspect: Any = None,
        **extras: Any,
    ) -> "DocumentReader[Any]":
        """As of every part. Subclasses pass the settings of their base on as `**kwargs`, which
        AllenNLP takes for any settings at all: those that no base has are refused here.

        Raises `ConfigurationError`."""
        if constructor_to_inspect is not None and isinstance(params, Params):
            known = infer_params(cls, constructor_to_inspect)
            unknown = sorted(params.keys() - known.keys())
            if unknown:
                raise ConfigurationError(
                    f"{cls.__name__} has no setting {', '.join(unknown)}; it has "
                    + ", ".join(name for name in known if name not in ("self", "kwargs"))
                )
        return super().from_params(params, constructor_to_call, constructor_to_inspect, **extras)

    def views(self, document: Document) -> Iterable[View]:
        """The parts of `document` that become one instance each."""
        raise NotImplementedError

    def view_to_instance(
        self, view: View, labelled: bool = True, is_padding: bool = False
    ) -> Instance:
        """An instance; without label fields if not `labelled`. What the task's tensors cannot
        express is added to `self.losses`, and stays in the gold of the metadata."""
        raise NotImplementedError

    def prepare(self, views: Sequence[View]) -> None:
        """Called with some views before `view_to_instance` is with each of them, for what takes
        less time at once than one by one. Instances must not depend on it."""

    def read_documents(
        self, file_path: CorpusPath, report: Optional[CorpusReport] = None
    ) -> Iterator[Document]:
        """The documents of a data path (`bio_ie.data.corpora.corpus_path`), uncut."""
        return read_corpus(file_path, self.corpus, report)

    def read_views(self, file_path: CorpusPath) -> Iterator[View]:
        """The views of all documents of a data path, of which each process makes some into
        instances."""
        return itertools.chain.from_iterable(map(self.views, self.read_documents(file_path)))

    def document_to_instances(self, document: Document, labelled: bool = False) -> List[Instance]:
        """The instances of one document, ready for a model: for prediction."""
        return self.documents_to_instances([document], labelled)[0]

    def documents_to_instances(
        self, documents: Sequence[Document], labelled: bool = False
    ) -> List[List[Instance]]:
        """The same of each of several documents."""
        views = [list(self.views(document)) for document in documents]
        self.prepare(list(itertools.chain.from_iterable(views)))
        instances = [[self.view_to_instance(v, labelled=labelled) for v in some] for some in views]
        for instance in itertools.chain.from_iterable(instances):
            self.apply_token_indexers(instance)
        return instances

    def text_to_instance(self, view: View, labelled: bool = False) -> Instance:
        return self.view_to_instance(view, labelled=labelled)

    def _read(self, file_path: CorpusPath) -> Iterator[Instance]:
        self.losses = Counter()
        views = self.read_views(file_path)
        if self._max_views is not None:
            views = itertools.islice(views, self._max_views)
        own = self.shard_iterable(even_rounds(views))
        for some in util.lazy_groups_of(own, VIEWS_AT_ONCE):
            self.prepare([view for view, _ in some])
            for view, is_padding in some:
                yield self.view_to_instance(view, is_padding=is_padding)
        for line in counted_lines(self.losses):
            logger.warning("%s: %s", file_path, line)


def even_rounds(views: Iterable[View]) -> Iterator[Tuple[View, bool]]:
    """Pairs of a view and whether it is padding: as many as fill rounds of the world's size."""
    world_size = dist.get_world_size() if util.is_distributed() else 1
    count = 0
    for view in views:
        yield view, False
        count += 1
    for _ in range(-count % world_size):
        yield view, True
