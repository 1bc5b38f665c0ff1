"""The words of a sentence, and the words of each of its mentions."""

from typing import List, NamedTuple, Sequence

from allennlp.data import Tokenizer

from bio_ie.text.document import Mention, Span
from bio_ie.text.invisible import visible_spans
from bio_ie.text.sentences import Sentence
from bio_ie.text.tokenizers import ScispacyRulesTokenizer
from bio_ie.text.tokenizers.alignment import Alignment, align_tokens


def tokenized(text: str, tokenizer: Tokenizer, start: int = 0) -> List[Span]:
    """The character offsets of the words of a text. Tokens that are only white space or invisible
    characters are left out, and no word begins or ends with an invisible character.

    # Parameters

    text : `str`
    tokenizer : `Tokenizer`
        Its tokens need `idx` and `idx_end`.
    start : `int`, optional (default = `0`)
        The offset at which the text begins. It is added to all offsets.
    """
    spans: List[Span]
    if type(tokenizer) is ScispacyRulesTokenizer:
        spans = tokenizer.token_spans(text)  # faster than with tokens
    else:
        spans = [(token.idx, token.idx_end) for token in tokenizer.tokenize(text)]  # type: ignore[misc]
    visible = visible_spans(text, spans)
    return [(start + first, start + end) for first, end in visible] if start else visible


def sentence_words(sentence: Sentence, tokenizer: Tokenizer) -> List[Span]:
    """The words of a sentence as offsets in the document. They are the corpus's own words or, if
    the corpus has none, the tokenizer's. Invisible characters are no words, and no word begins or
    ends with one; see `bio_ie.text.invisible`. A sentence that is only white space has none."""
    tokens = sentence.token_spans()
    if tokens:
        return visible_spans(sentence.document.text, tokens)
    return tokenized(sentence.text, tokenizer, sentence.start)


class AlignedSentence(NamedTuple):
    """What `align_sentence` returns.

    # Parameters

    mentions : `List[Mention]`
        The mentions that lie in the sentence from end to end.
    alignment : `Alignment`
        The words of the sentence and the words of each of `mentions`.
    num_crossing : `int`
        The number of mentions of the sentence that begin before it or end after it.
    num_discontinuous : `int`
        The number of `mentions` that have fragments. These mentions are taken from end to end.
    """

    mentions: List[Mention]
    alignment: Alignment
    num_crossing: int
    num_discontinuous: int


def mentions_inside(sentence: Sentence) -> List[Mention]:
    """The mentions of a sentence that lie in it from end to end."""
    # `split_document` gives a mention before the first sentence to the first sentence.
    return [m for m in sentence.mentions if sentence.start <= m.start and m.end <= sentence.end]


def align_sentence(
    sentence: Sentence, words: Sequence[Span], mode: str = "split"
) -> AlignedSentence:
    """Finds the words of each mention of a sentence.

    # Parameters

    sentence : `Sentence`
    words : `Sequence[Span]`
        Offsets in the document; see `sentence_words`.
    mode : `str`, optional (default = `"split"`)
        See `align_tokens`.
    """
    inside = mentions_inside(sentence)
    return AlignedSentence(
        inside,
        align_tokens(sentence.document.text, words, [mention.span for mention in inside], mode),
        len(sentence.mentions) - len(inside),
        sum(bool(mention.fragments) for mention in inside),
    )
