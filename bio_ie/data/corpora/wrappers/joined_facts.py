"""The base class of formats that add facts of a database to documents (document-level distant
supervision)."""

import logging
from itertools import islice
from typing import Iterator, List, Optional, Set, Tuple, TypeVar, Union

from allennlp.common.checks import ConfigurationError

from bio_ie.data.corpora.corpus_format import CorpusFormat
from bio_ie.data.corpora.document_ids import DocumentIds, papers_of
from bio_ie.data.corpora.wrappers.fact_table import FactReader, FactTable, Triple, fact_table
from bio_ie.data.corpora.wrappers.wrapper_format import WrapperFormat
from bio_ie.files.corpus_report import CorpusReport
from bio_ie.knowledge.candidate_generators import CandidateGenerator
from bio_ie.knowledge.concept_links import ConceptLinks
from bio_ie.knowledge.knowledge_base import KnowledgeBase
from bio_ie.text.counted import Phrase, counted
from bio_ie.text.document import Document, Fact
from bio_ie.text.papers import paper_of_document

logger = logging.getLogger(__name__)

T = TypeVar("T")

BATCH = 64
"""The number of documents whose candidates are looked up at once."""

_EXCLUDED = Phrase("documents left out: excluded", one="document left out: excluded")
_NOT_CURATED = Phrase(
    "documents left out: no fact was curated from them",
    one="document left out: no fact was curated from it",
)
_WITHOUT_FACTS = Phrase(
    "documents left out: the filter leaves them no fact",
    one="document left out: the filter leaves it no fact",
)
_OWN_FACTS = Phrase(
    "facts left out: the documents had them before", one="fact left out: the document had it before"
)
_UNKNOWN_IDS = Phrase(
    "facts with an id that the knowledge base does not know",
    one="fact with an id that the knowledge base does not know",
)


class JoinedFactsFormat(WrapperFormat):
    """Adds the facts of a database to the documents that they were curated from, by PubMed id.

    Only documents for which the database has facts are passed on, because for a paper that nobody
    curated, a missing fact means nothing. The facts of the database replace the facts that a
    document had before. Each document has each fact of its paper once. The ids in a fact are
    written as the document's mentions write them (`D012640` or `MESH:D012640`), or with the prefix
    of their vocabulary if no mention has them. What is left out is counted, and logged once.

    An implementation defines `reader`. A process reads the files once, when it reads the first
    document.

    # Parameters

    format : `CorpusFormat`
        Reads the texts, with mentions if a filter needs them.
    facts : `Union[str, List[str]]`
        Files, URLs or glob patterns with the facts.
    filter : `str`, optional (default = `None`)
        The facts of a paper that its document keeps:

        * `None`: all facts;
        * `"linked"`: facts between two concepts that mentions are linked to, as in BRAN;
        * `"full"`: facts between two concepts that are candidates of some mention, as in SNERL.
    candidate_generator : `CandidateGenerator`, optional (default = `None`)
        Required for the filter `"full"`, and only allowed with this filter.
    filter_candidates : `int`, optional (default = `250`)
        The number of candidates of a mention that the filter `"full"` uses. The generator's `k`
        must not be smaller.
    exclude_documents : `Union[str, Dict[str, Any], List[str]]`, optional (default = `None`)
        Documents that are not passed on, such as those that a model will be evaluated on. They are
        given as a file with one id per line, as an object that is the data path of a corpus, or as
        a list of ids.
    knowledge_base : `KnowledgeBase`, optional (default = `None`)
        Concepts get the ids that this knowledge base has for them. Concepts that it does not know
        keep their ids. The filters then find a concept by any of its ids. With `"full"`, this
        should be the knowledge base of the generator.
    """

    maps_tail = True
    """Whether tails also get the ids of the knowledge base."""

    def __init__(
        self,
        format: CorpusFormat,
        facts: Union[str, List[str]],
        filter: Optional[str] = None,
        candidate_generator: Optional[CandidateGenerator] = None,
        filter_candidates: int = 250,
        exclude_documents: Optional[DocumentIds] = None,
        knowledge_base: Optional[KnowledgeBase] = None,
    ) -> None:
        super().__init__(format)
        self.streams = format.streams
        if filter not in (None, "full", "linked"):
            raise ConfigurationError(f"filter must be 'full', 'linked' or null, not {filter!r}")
        if (filter == "full") != (candidate_generator is not None):
            raise ConfigurationError(
                "the filter 'full' needs a candidate_generator, and no other filter takes one"
            )
        if candidate_generator is not None and candidate_generator.k < filter_candidates:
            raise ConfigurationError(
                f"filter_candidates is {filter_candidates}, but the candidate_generator gives "
                f"{candidate_generator.k}: set its k"
            )
        self.facts = [facts] if isinstance(facts, str) else list(facts)
        if not self.facts:
            raise ConfigurationError("at least one file with facts is needed")
        self.filter = filter
        self.candidate_generator = candidate_generator
        self.filter_candidates = filter_candidates
        self.exclude_documents = exclude_documents
        self.knowledge_base = knowledge_base

    def reader(self) -> FactReader:
        """The reader of the files with the facts."""
        raise NotImplementedError

    def table(self) -> FactTable:
        """The facts of the files."""
        files = tuple((str(path), name) for file in self.facts for path, name in self._files(file))
        return fact_table(self.reader(), files, self.on_error)

    def _documents(self, path: str, report: CorpusReport) -> Iterator[Document]:
        table = self.table()
        report.add_losses(table.report)
        documents = facts = 0
        for batch in self._batches(self._joined(path, table, report)):
            for document in self._filtered(batch, report):
                documents += 1
                facts += len(document.facts)
                yield document
        if report.noted and not report.is_shown:
            summary = f"{path}: {counted(documents, 'document')} with {counted(facts, 'fact')}"
            logger.warning("\n".join([summary, *report.note_lines()]))

    def _joined(
        self, path: str, table: FactTable, report: CorpusReport
    ) -> Iterator[Tuple[Document, List[Triple]]]:
        """The documents that have facts in the table, and these facts."""
        excluded = papers_of(self.exclude_documents) if self.exclude_documents is not None else ()
        for document in self.format.read(path, report):
            paper = paper_of_document(document)
            triples = table.of_paper(paper)
            if paper in excluded:
                report.noted[_EXCLUDED] += 1
            elif not triples:
                report.noted[_NOT_CURATED] += 1
            else:
                if document.facts:
                    report.noted[_OWN_FACTS] += len(document.facts)
                yield document, [self._mapped(triple, report) for triple in triples]

    def _mapped(self, triple: Triple, report: CorpusReport) -> Triple:
        """The fact with the ids of the knowledge base."""
        if self.knowledge_base is None:
            return triple
        relation, head, tail = triple
        known_head = self.knowledge_base.resolve(head)
        known_tail = self.knowledge_base.resolve(tail) if self.maps_tail else tail
        if known_head is None or known_tail is None:
            report.noted[_UNKNOWN_IDS] += 1
        return relation, known_head or head, known_tail or tail

    def _batches(self, joined: Iterator[T]) -> Iterator[List[T]]:
        size = BATCH if self.filter == "full" else 1
        while batch := list(islice(joined, size)):
            yield batch

    def _filtered(
        self, batch: List[Tuple[Document, List[Triple]]], report: CorpusReport
    ) -> Iterator[Document]:
        """The documents with the facts that the filter keeps. Documents without any such fact are
        left out."""
        for (document, triples), candidates in zip(batch, self._candidates(batch), strict=True):
            links = ConceptLinks(document, self.knowledge_base)
            kept = []
            for relation, head, tail in triples:
                if all(self._is_in_text(concept, links, candidates) for concept in (head, tail)):
                    kept.append(Fact(relation, links.written(head), links.written(tail)))
            if len(kept) < len(triples):
                why = f"left out: by the filter {self.filter!r}"
                reason = Phrase(f"facts {why}", one=f"fact {why}")
                report.noted[reason] += len(triples) - len(kept)
            if kept:
                yield document.with_changes(facts=dict.fromkeys(kept))
            else:
                report.noted[_WITHOUT_FACTS] += 1

    def _candidates(self, batch: List[Tuple[Document, List[Triple]]]) -> List[Set[str]]:
        """All candidates of the mentions of each document."""
        if self.candidate_generator is None:
            return [set() for _ in batch]
        found = self.candidate_generator.generate_for_documents([document for document, _ in batch])
        return [
            {
                candidate.concept_id
                for candidates in of_mentions
                for candidate in candidates[: self.filter_candidates]
            }
            for of_mentions in found
        ]

    def _is_in_text(self, concept: str, links: ConceptLinks, candidates: Set[str]) -> bool:
        if self.filter is None:
            return True
        if self.filter == "linked":
            return concept in links
        return not candidates.isdisjoint(links.keys(concept))
