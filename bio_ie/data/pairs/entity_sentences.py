"""Documents cut into sentences in words, with the mentions of entities among them."""

from collections import Counter
from typing import Dict, Iterator, List, Optional

from allennlp.data import Tokenizer

from bio_ie.data.concept_labels import concept_label
from bio_ie.data.pairs.entity_sentence import EntityMention, EntitySentence
from bio_ie.text.document import Document, Mention, Span
from bio_ie.text.sentences import Sentence, sentence_spans, split_document
from bio_ie.text.tokenizers import (
    PysbdSentenceSplitter,
    ScispacyRulesTokenizer,
    SpanSentenceSplitter,
)
from bio_ie.text.tokenizers.alignment import align_tokens

_LOST_RELATIONS = "relations with an argument outside of their sentence"


class EntitySentences:
    """
    Cuts documents into sentences, and these into words, with the corpus's own sentences and words
    where it has some. A word that a mention begins or ends in is cut there: for a mention that is
    to be replaced, nothing else will do. A discontinuous mention is taken from end to end.

    # Parameters

    tokenizer : `Tokenizer`, optional (default = `scispacy_rules`)
        Its tokens need `idx` and `idx_end`.
    sentence_splitter : `SpanSentenceSplitter`, optional (default = `pysbd`)
    """

    def __init__(
        self,
        tokenizer: Optional[Tokenizer] = None,
        sentence_splitter: Optional[SpanSentenceSplitter] = None,
    ) -> None:
        self._tokenizer = tokenizer or ScispacyRulesTokenizer()
        self._splitter = sentence_splitter or PysbdSentenceSplitter()

    def __call__(self, document: Document, losses: "Counter[str]") -> Iterator[EntitySentence]:
        """The sentences with two mentions or more. What is left out is added to `losses`."""
        for sentence in split_document(document, sentence_spans(document, self._splitter)):
            inside = [m for m in sentence.mentions if m.end <= sentence.end]
            # One that lies before the first sentence, in white space, belongs to it all the same.
            inside = [mention for mention in inside if mention.start >= sentence.start]
            losses["mentions cross the end of their sentence"] += len(sentence.mentions) - len(
                inside
            )
            if len(inside) > 1:
                yield self._sentence(sentence, inside, losses)
            else:
                losses[_LOST_RELATIONS] += len(sentence.relations)

    def _sentence(
        self, sentence: Sentence, inside: List[Mention], losses: "Counter[str]"
    ) -> EntitySentence:
        text = sentence.document.text
        alignment = align_tokens(text, self._words(sentence), [mention.span for mention in inside])
        losses["discontinuous mentions were taken from end to end"] += sum(
            bool(mention.fragments) for mention in inside
        )
        losses["mentions hold no word"] += alignment.lost
        mentions: Dict[str, EntityMention] = {}
        for mention, words in zip(inside, alignment.word_spans, strict=True):
            if words is not None:
                mentions[mention.id] = EntityMention(
                    words[0],
                    words[1] + 1,
                    mention.type,
                    concept_label(mention.concept_ids) or "",
                    mention.id,
                    mention.entity_id or "",
                )
        relations = [
            (relation.type, relation.head, relation.tail)
            for relation in sentence.relations
            if relation.head in mentions and relation.tail in mentions
        ]
        losses[_LOST_RELATIONS] += len(sentence.relations) - len(relations)
        return EntitySentence(
            sentence.document.id,
            [text[start:end] for start, end in alignment.token_spans],
            list(mentions.values()),
            sentence.text,
            alignment.token_spans,
            relations,
        )

    def _words(self, sentence: Sentence) -> List[Span]:
        spans = sentence.token_spans()
        if not spans:
            start = sentence.start
            spans = [
                (start + token.idx, start + token.idx_end)  # type: ignore[operator]
                for token in self._tokenizer.tokenize(sentence.text)
                if token.text and not token.text.isspace()
            ]
        return spans
