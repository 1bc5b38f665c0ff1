"""Makes relations between mentions from the facts about their concepts (distant supervision)."""

import logging
from bisect import bisect_right
from itertools import product
from typing import Callable, Iterator, Optional

from allennlp.common.checks import ConfigurationError

from bio_ie.data.corpora.corpus_format import CorpusFormat
from bio_ie.data.corpora.wrappers.wrapper_format import WrapperFormat
from bio_ie.files.corpus_report import CorpusReport
from bio_ie.knowledge.concept_links import ConceptLinks
from bio_ie.knowledge.knowledge_base import KnowledgeBase
from bio_ie.text.counted import Phrase
from bio_ie.text.document import Document, Mention, Relation
from bio_ie.text.sentences import sentence_spans
from bio_ie.text.tokenizers import SpanSentenceSplitter
from bio_ie.text.tokenizers.pysbd_sentence_splitter import PysbdSentenceSplitter

logger = logging.getLogger(__name__)

SAME_SENTENCE = "same_sentence"
SAME_DOCUMENT = "same_document"


@CorpusFormat.register("projected_facts")
class ProjectedFactsFormat(WrapperFormat):
    """Turns the facts of a document into relations between its mentions, so that models of such
    relations can be trained on facts (distant supervision, Mintz et al. 2009). For each fact, every
    mention that is linked to its head gets a relation of the fact's type to every other mention
    that is linked to its tail.

    Registered as a `CorpusFormat` with name "projected_facts".

        {"type": "projected_facts", "format": "pubtator", "project_facts": "same_sentence"}

    The facts and the existing relations are kept. Facts without such a pair of mentions are
    counted, and logged once.

    # Parameters

    format : `CorpusFormat`
        Reads documents with facts and linked mentions.
    project_facts : `str`, optional (default = `"same_sentence"`)
        The pairs of mentions that get a relation. With `"same_sentence"`, both mentions must begin
        in the same sentence. With `"same_document"`, all pairs do.
    sentence_splitter : `SpanSentenceSplitter`, optional (default = `pysbd`)
        Splits documents that have no sentences of their own.
    knowledge_base : `KnowledgeBase`, optional (default = `None`)
        Two ids are the same concept if they are the same in this knowledge base; see
        `ConceptLinks`.
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
        if report.noted and not report.is_shown:
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
                without = f"without a pair of mentions in the {place}"
                report.noted[Phrase(f"facts {without}", one=f"fact {without}")] += 1
        return document.with_changes(relations=relations)

    def _sentences(self, document: Document) -> Callable[[Mention], int]:
        """A function that gives the number of a mention's sentence. It is always 0 for
        `"same_document"`."""
        if self.project_facts == SAME_DOCUMENT:
            return lambda mention: 0
        starts = [start for start, _ in sentence_spans(document, self.sentence_splitter)]
        return lambda mention: max(0, bisect_right(starts, mention.start) - 1)
