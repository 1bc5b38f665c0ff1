"""The base of corpora whose facts come from a database: document-level distant supervision."""

import logging
from dataclasses import replace
from itertools import islice
from typing import Iterator, List, Optional, Set, Tuple, TypeVar, Union

from allennlp.common.checks import ConfigurationError

from bio_ie.data.corpora.corpus_format import CorpusFormat
from bio_ie.data.corpora.document_ids import DocumentIds, paper_of, papers_of
from bio_ie.data.corpora.wrappers.fact_table import FactReader, FactTable, Triple, fact_table
from bio_ie.data.corpora.wrappers.wrapper_format import WrapperFormat
from bio_ie.files.corpus_report import CorpusReport
from bio_ie.knowledge.candidate_generators import CandidateGenerator
from bio_ie.knowledge.concept_links import ConceptLinks
from bio_ie.knowledge.knowledge_base import KnowledgeBase
from bio_ie.text.document import Document, Fact

logger = logging.getLogger(__name__)

T = TypeVar("T")

BATCH = 64
"""Candidates are looked up for so many documents at once."""


class JoinedFactsFormat(WrapperFormat):
    """Joins the facts of a database to the documents that they were curated from, by PubMed id.

    Passed on are the documents that the database has facts of, with these in place of their own:
    of a paper that nobody curated, the absence of a fact would say nothing. Each document has its
    paper's facts, once each, with the ids that its mentions have for them, if they do (`D012640`
    or `MESH:D012640`), and with the prefix of their vocabulary otherwise. What is left out is
    counted, and logged once.

    An implementation gives `reader`. The files are read when the first document is, once in a
    process.

    # Parameters

    format : `CorpusFormat`
        Reads the texts, with mentions where a filter needs them.
    facts : `Union[str, List[str]]`
        Files, URLs or glob patterns with the facts.
    filter : `str`, optional (default = `None`)
        Which facts of a paper its document keeps:

        * `None`: all;
        * `"linked"`: those between two concepts that mentions are linked to, as in BRAN;
        * `"full"`: those between two concepts that are candidates of some mention, as in SNERL.
    candidate_generator : `CandidateGenerator`, optional (default = `None`)
        For the filter `"full"`, and only for that.
    filter_candidates : `int`, optional (default = `250`)
        So many candidates of a mention count. The generator's `k` must not be smaller.
    exclude_documents : `Union[str, Dict[str, Any], List[str]]`, optional (default = `None`)
        Documents that are not passed on, such as those that a model will be evaluated on: a file
        with one id a line, the data path of a corpus as an object, or a list of ids.
    knowledge_base : `KnowledgeBase`, optional (default = `None`)
        Concepts get the ids that it has for them; those that it does not know keep theirs. The
        filters then know a concept by any of its ids. With `"full"`, it should be the generator's.
    """

    maps_tail = True
    """Whether tails get ids of the knowledge base, too."""

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
            raise ConfigurationError("a candidate_generator goes with the filter 'full'")
        if candidate_generator is not None and candidate_generator.k < filter_candidates:
            raise ConfigurationError(
                f"filter_candidates is {filter_candidates}, but the candidate_generator gives "
                f"{candidate_generator.k}: set its k"
            )
        self.facts = [facts] if isinstance(facts, str) else list(facts)
        if not self.facts:
            raise ConfigurationError("there has to be a file with facts")
        self.filter = filter
        self.candidate_generator = candidate_generator
        self.filter_candidates = filter_candidates
        self.exclude_documents = exclude_documents
        self.knowledge_base = knowledge_base

    def reader(self) -> FactReader:
        """What reads the files with the facts."""
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
        if report.noted:
            summary = f"{path}: {documents:,} documents with {facts:,} facts"
            logger.warning("\n".join([summary, *report.note_lines()]))

    def _joined(
        self, path: str, table: FactTable, report: CorpusReport
    ) -> Iterator[Tuple[Document, List[Triple]]]:
        """The documents that have facts, with these."""
        excluded = papers_of(self.exclude_documents) if self.exclude_documents is not None else ()
        for document in self.format.read(path, report):
            paper = paper_of(document.id)
            triples = table.of_paper(paper)
            if paper in excluded:
                report.noted["documents left out: excluded"] += 1
            elif not triples:
                report.noted["documents left out: no fact was curated from them"] += 1
            else:
                if document.facts:
                    reason = "facts left out: the documents had them before"
                    report.noted[reason] += len(document.facts)
                yield document, [self._mapped(triple, report) for triple in triples]

    def _mapped(self, triple: Triple, report: CorpusReport) -> Triple:
        """The fact with the ids of the knowledge base."""
        if self.knowledge_base is None:
            return triple
        relation, head, tail = triple
        known_head = self.knowledge_base.resolve(head)
        known_tail = self.knowledge_base.resolve(tail) if self.maps_tail else tail
        if known_head is None or known_tail is None:
            report.noted["facts with an id that the knowledge base does not know"] += 1
        return relation, known_head or head, known_tail or tail

    def _batches(self, joined: Iterator[T]) -> Iterator[List[T]]:
        size = BATCH if self.filter == "full" else 1
        while batch := list(islice(joined, size)):
            yield batch

    def _filtered(
        self, batch: List[Tuple[Document, List[Triple]]], report: CorpusReport
    ) -> Iterator[Document]:
        """The documents with those facts that the filter keeps, if there are some."""
        for (document, triples), candidates in zip(batch, self._candidates(batch), strict=True):
            links = ConceptLinks(document, self.knowledge_base)
            kept = []
            for relation, head, tail in triples:
                if all(self._is_in_text(concept, links, candidates) for concept in (head, tail)):
                    kept.append(Fact(relation, links.written(head), links.written(tail)))
            if len(kept) < len(triples):
                reason = f"facts left out: by the filter {self.filter!r}"
                report.noted[reason] += len(triples) - len(kept)
            if kept:
                yield replace(document, facts=tuple(dict.fromkeys(kept)))
            else:
                report.noted["documents left out: the filter leaves them no fact"] += 1

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
