"""Cuts documents into sentences as lists of words, with mentions of entities."""

from typing import Dict, Iterator, Optional

from allennlp.data import Tokenizer

from bio_ie.data.concept_labels import concept_label
from bio_ie.data.losses import CROSSING, Losses, count_misaligned
from bio_ie.data.pairs.entity_sentence import EntityMention, EntitySentence
from bio_ie.text.counted import Phrase
from bio_ie.text.document import Document
from bio_ie.text.sentences import Sentence, sentence_spans, split_document
from bio_ie.text.tokenizers import (
    PysbdSentenceSplitter,
    ScispacyRulesTokenizer,
    SpanSentenceSplitter,
)
from bio_ie.text.words import AlignedSentence, align_sentence, mentions_inside, sentence_words

_LOST_RELATIONS = Phrase(
    "relations with an argument outside of their sentence",
    one="relation with an argument outside of its sentence",
)


class EntitySentences:
    """
    Cuts documents into sentences, and sentences into words. The corpus's own sentences and words
    are used where it has some. A word in which a mention begins or ends is cut there, because the
    mention must be replaced exactly. A discontinuous mention is taken from end to end.

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

    def __call__(self, document: Document, losses: Losses) -> Iterator[EntitySentence]:
        """The sentences with two or more mentions. Mentions and relations that are left out are
        counted in `losses`."""
        for sentence in split_document(document, sentence_spans(document, self._splitter)):
            num_inside = len(mentions_inside(sentence))
            if num_inside > 1:
                aligned = align_sentence(sentence, sentence_words(sentence, self._tokenizer))
                count_misaligned(aligned, losses)
                yield self._sentence(sentence, aligned, losses)
            else:  # most sentences have no pair, so the work of splitting them into words is saved
                losses[CROSSING] += len(sentence.mentions) - num_inside
                losses[_LOST_RELATIONS] += len(sentence.relations)

    def _sentence(
        self, sentence: Sentence, aligned: AlignedSentence, losses: Losses
    ) -> EntitySentence:
        text, alignment = sentence.document.text, aligned.alignment
        mentions: Dict[str, EntityMention] = {}
        for mention, words in zip(aligned.mentions, alignment.word_spans, strict=True):
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
