"""Relations between mentions, made of what is known of their concepts: distant supervision."""

import logging
from bisect import bisect_right
from dataclasses import replace
from itertools import product
from typing import Callable, Iterator, Optional

from allennlp.common.checks import ConfigurationError

from bio_ie.data.corpora.corpus_format import CorpusFormat
from bio_ie.data.corpora.wrappers.wrapper_format import WrapperFormat
from bio_ie.files.corpus_report import CorpusReport
from bio_ie.knowledge.concept_links import ConceptLinks
from bio_ie.knowledge.knowledge_base import KnowledgeBase
from bio_ie.text.document import Document, Mention, Relation
from bio_ie.text.sentences import sentence_spans
from bio_ie.text.tokenizers import SpanSentenceSplitter
from bio_ie.text.tokenizers.pysbd_sentence_splitter import PysbdSentenceSplitter

logger = logging.getLogger(__name__)

SAME_SENTENCE = "same_sentence"
SAME_DOCUMENT = "same_document"


@CorpusFormat.register("projected_facts")
class ProjectedFactsFormat(WrapperFormat):
    """Adds, for each fact of a document, a relation of its type from every mention that is linked
    to its head to every other mention that is linked to its tail (distant supervision, Mintz et
    al. 2009), so that models of relations between mentions can be trained on facts.

    Registered as a `CorpusFormat` with name "projected_facts".

        {"type": "projected_facts", "format": "pubtator", "project_facts": "same_sentence"}

    Facts stay, and so do the relations that there are. Facts without such a pair of mentions are
    counted, and logged once.

    # Parameters

    format : `CorpusFormat`
        Reads documents with facts and linked mentions.
    project_facts : `str`, optional (default = `"same_sentence"`)
        Which pairs of mentions: `"same_sentence"`, those that begin in one sentence, or
        `"same_document"`, all.
    sentence_splitter : `SpanSentenceSplitter`, optional (default = `pysbd`)
        For documents without sentences of their own.
    knowledge_base : `KnowledgeBase`, optional (default = `None`)
        Concepts are the same if they are so there; see `ConceptLinks`.
    """

    def __init__(
        self,
        format: CorpusFormat,
        project_facts: str = SAME_SENTENCE,
        sentence_splitter: Optional[SpanSentenceSplitter] = None,
        knowledge_base: Optional[KnowledgeBase] = None,
    ) -> None:
        super().__init__(format)
        self.streams = format.streams
        if project_facts not in (SAME_SENTENCE, SAME_DOCUMENT):
            raise ConfigurationError(
                f"project_facts must be {SAME_SENTENCE!r} or {SAME_DOCUMENT!r}, "
                f"not {project_facts!r}"
            )
        self.project_facts = project_facts
        self.sentence_splitter = sentence_splitter or PysbdSentenceSplitter()
        self.knowledge_base = knowledge_base

    def _documents(self, path: str, report: CorpusReport) -> Iterator[Document]:
        for document in self.format.read(path, report):
            yield self._projected(document, report) if document.facts else document
        if report.noted:
            logger.warning("\n".join([f"{path}: projected facts", *report.note_lines()]))

    def _projected(self, document: Document, report: CorpusReport) -> Document:
        links = ConceptLinks(document, self.knowledge_base)
        sentence_of = self._sentences(document)
        known = {(relation.type, relation.head, relation.tail) for relation in document.relations}
        relations = list(document.relations)
        for fact in document.facts:
            is_projected = False
            for head, tail in product(links.mentions(fact.head), links.mentions(fact.tail)):
                if head.id == tail.id or sentence_of(head) != sentence_of(tail):
                    continue
                is_projected = True
                triple = (fact.type, head.id, tail.id)
                if triple not in known:
                    known.add(triple)
                    relations.append(Relation(*triple))
            if not is_projected:
                place = self.project_facts.replace("_", " ")
                report.noted[f"facts without a pair of mentions in the {place}"] += 1
        return replace(document, relations=tuple(relations))

    def _sentences(self, document: Document) -> Callable[[Mention], int]:
        """Gives the number of the sentence of a mention."""
        if self.project_facts == SAME_DOCUMENT:
            return lambda mention: 0
        starts = [start for start, _ in sentence_spans(document, self.sentence_splitter)]
        return lambda mention: max(0, bisect_right(starts, mention.start) - 1)
