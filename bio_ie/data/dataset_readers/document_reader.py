"""The base of this package's readers, which make instances of documents and shard them evenly."""

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
    Set,
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

from bio_ie.archives.experiment import experiment_of
from bio_ie.data.corpora.corpus_format import CorpusFormat
from bio_ie.data.corpora.corpus_path import read_corpus
from bio_ie.data.corpora.formats.jsonl import JsonlFormat
from bio_ie.data.dataset_readers.scored_data import ScoredData
from bio_ie.data.losses import Losses
from bio_ie.data.token_indexers.known_words_indexer import remember_words
from bio_ie.files.corpus_report import CorpusReport
from bio_ie.knowledge.knowledge_base import KnowledgeBase
from bio_ie.text.counted import counted_lines
from bio_ie.text.document import Document
from bio_ie.text.papers import paper_of_document
from bio_ie.text.tokenizers import (
    PysbdSentenceSplitter,
    ScispacyRulesTokenizer,
    SpanSentenceSplitter,
)

logger = logging.getLogger(__name__)

View = TypeVar("View")
CorpusPath = Union[str, Mapping[str, Any]]

VIEWS_AT_ONCE = 16
"""The number of views that are prepared together. The abbreviations of the same number of documents
are kept in memory (`bio_ie.knowledge.abbreviations`)."""


class DocumentReader(DatasetReader, Generic[View]):
    """Base of the readers. It cuts a document into views (a sentence, a whole abstract, ...), and
    makes one instance of each view.

    A subclass implements `views(document)`, which must be cheap and make no tensors, and
    `view_to_instance(view, labelled, is_padding)`. Sharding happens between the two, so loader
    workers and distributed ranks build only their own instances. In distributed training, every
    rank gets the same number of instances: the last round is filled with copies of the last view,
    flagged `is_padding`, which metrics skip.

    If instances need the mentions of a document even without labels, a subclass sets
    `reads_mentions`. Then the user gives the mentions as part of the input for prediction, or they
    come from `mention_detector`, the archive of a model that finds mentions. If it also needs their
    concepts, it sets `reads_concepts`.

    # Parameters

    corpus : `CorpusFormat`, optional (default = `jsonl`)
        The format of a data path that does not name its own (`bio_ie.data.corpora.corpus_path`).
    tokenizer : `Tokenizer`, optional (default = `scispacy_rules`)
        Its tokens need `idx` and `idx_end`. It is not used for documents with tokens of their own.
    sentence_splitter : `SpanSentenceSplitter`, optional (default = `pysbd`)
        Not used for documents with sentences of their own.
    token_indexers : `Dict[str, TokenIndexer]`
    max_instances : `int`, optional
        Read only this many instances, over all ranks and workers together.
    on_leak : `str`, optional (default = `"raise"`)
        What happens if documents that are read to be scored are evidence in the knowledge bases of
        the reader, or in the concept vectors of the model (`ScoredData`): `"raise"` an error, or
        `"warn"`.
    serialization_dir : `str`, optional
        Given by AllenNLP.
    """

    reads_mentions: bool = False
    reads_concepts: bool = False
    mention_detector: Optional[str] = None

    def __init__(
        self,
        token_indexers: Dict[str, TokenIndexer],
        corpus: Optional[CorpusFormat] = None,
        tokenizer: Optional[Tokenizer] = None,
        sentence_splitter: Optional[SpanSentenceSplitter] = None,
        max_instances: Optional[int] = None,
        on_leak: str = "raise",
        serialization_dir: Optional[str] = None,
    ) -> None:
        if max_instances is not None and max_instances < 1:
            raise ConfigurationError(f"max_instances must be positive, not {max_instances}")
        super().__init__(
            manual_distributed_sharding=True,
            manual_multiprocess_sharding=True,
            serialization_dir=serialization_dir,
        )
        self.corpus = corpus or JsonlFormat()
        self.tokenizer = tokenizer or ScispacyRulesTokenizer()
        self.sentence_splitter = sentence_splitter or PysbdSentenceSplitter()
        self._token_indexers = token_indexers
        # AllenNLP's own limit would cut the share of each rank, so that ranks could have unequal
        # numbers of instances.
        self._max_views = max_instances
        self._scored = ScoredData(experiment_of(serialization_dir), on_leak, serialization_dir)
        self._papers: Set[str] = set()
        self.losses: Losses = Counter()
        """Counts of what the instances of the last reading could not express, by reason."""

    @classmethod
    def from_params(
        cls,
        params: Params,
        constructor_to_call: Any = None,
        constructor_to_inspect: Any = None,
        **extras: Any,
    ) -> "DocumentReader[Any]":
        """Builds the reader from a config, as AllenNLP does for every part. Subclasses pass the
        settings of their base classes on as `**kwargs`, for which AllenNLP would accept any setting
        at all. So this method checks the names of the settings.

        Raises `ConfigurationError` for a setting that no base class has."""
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
        """The instance of a view, without label fields if not `labelled`. Annotations that the
        task's tensors cannot express are counted in `self.losses`, and stay in the gold items of
        the metadata."""
        raise NotImplementedError

    def knowledge_bases(self) -> List[KnowledgeBase]:
        """The knowledge bases from which the reader gives a model what it knows."""
        return []

    def files_that_know(self, document: Document) -> List[str]:
        """The files of a model's knowledge, such as knowledge bases, in which the paper of a
        document is evidence."""
        paper = paper_of_document(document)
        return self._scored.files_that_know(paper, self.knowledge_bases())

    def prepare(self, views: Sequence[View]) -> None:
        """Called with several views before `view_to_instance` is called with each of them. It is
        for work that is faster for many views at once than one by one. Instances must not depend on
        it."""

    def read_documents(
        self, file_path: CorpusPath, report: Optional[CorpusReport] = None
    ) -> Iterator[Document]:
        """The whole documents of a data path (`bio_ie.data.corpora.corpus_path`)."""
        return read_corpus(file_path, self.corpus, report)

    def read_views(self, file_path: CorpusPath) -> Iterator[View]:
        """The views of all documents of a data path. Each process makes instances of its share of
        them."""
        documents = self.noted(self.read_documents(file_path))
        return itertools.chain.from_iterable(map(self.views, documents))

    def noted(self, documents: Iterable[Document]) -> Iterator[Document]:
        """Notes of which papers the documents are, so that `_read` can check that no model knows
        them beforehand."""
        for document in documents:
            self._papers.add(paper_of_document(document))
            yield document

    def document_to_instances(self, document: Document, labelled: bool = False) -> List[Instance]:
        """The instances of one document, indexed and ready for prediction."""
        return self.documents_to_instances([document], labelled)[0]

    def documents_to_instances(
        self, documents: Sequence[Document], labelled: bool = False
    ) -> List[List[Instance]]:
        """The instances of each document, indexed and ready for prediction."""
        views = [list(self.views(document)) for document in documents]
        self.prepare(list(itertools.chain.from_iterable(views)))
        instances = [[self.view_to_instance(v, labelled=labelled) for v in some] for some in views]
        for instance in itertools.chain.from_iterable(instances):
            self.apply_token_indexers(instance)
        return instances

    def remember_words(self) -> None:
        """For prediction of many documents: the characters of a word are looked up once."""
        remember_words(self._token_indexers.values())

    def text_to_instance(self, view: View, labelled: bool = False) -> Instance:
        return self.view_to_instance(view, labelled=labelled)

    def _read(self, file_path: CorpusPath) -> Iterator[Instance]:
        self.losses, self._papers = Counter(), set()
        views = self.read_views(file_path)
        if self._max_views is not None:
            views = itertools.islice(views, self._max_views)
        own = self.shard_iterable(even_rounds(views))
        for some in util.lazy_groups_of(own, VIEWS_AT_ONCE):
            self.prepare([view for view, _ in some])
            for view, is_padding in some:
                yield self.view_to_instance(view, is_padding=is_padding)
        self._scored.check(file_path, self._papers, self.knowledge_bases())
        for line in counted_lines(self.losses):
            logger.warning("%s: %s", file_path, line)


def even_rounds(views: Iterable[View]) -> Iterator[Tuple[View, bool]]:
    """Pairs of a view and whether it is padding. Their number is a multiple of the number of
    processes: copies of the last view, marked as padding, fill the last round."""
    world_size = dist.get_world_size() if util.is_distributed() else 1
    count = 0
    for view in views:
        yield view, False
        count += 1
    for _ in range(-count % world_size):
        yield view, True
