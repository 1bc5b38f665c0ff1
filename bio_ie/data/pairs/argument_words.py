"""The words of a sentence with a pair of entities, and how the two are shown."""

from typing import List, NamedTuple, Tuple

from allennlp.data import Token

from bio_ie.data.pairs.entity_sentence import (
    ENTITY_TOKEN,
    EntityMention,
    EntityPair,
    EntitySentence,
)

ARGUMENT_FORMS = ("hidden", "typed", "marked")


class ArgumentWords(NamedTuple):
    """What `argument_words` returns.

    # Parameters

    tokens : `List[Token]`
        The words. Those of the sentence have their offsets, if it has some.
    places : `Tuple[int, int]`
        Where the word that stands for x, or begins it, and that of y are.
    """

    tokens: List[Token]
    places: Tuple[int, int]


def argument_words(sentence: EntitySentence, pair: EntityPair, form: str) -> ArgumentWords:
    """The words of the sentence with the pair shown in one of `ARGUMENT_FORMS`.

    * `"hidden"`: each of the two mentions is one `<ENT>` (RELVM, section 2).
    * `"typed"`: each of them is a placeholder with its type, such as `<Gene>`.
    * `"marked"`: the mentions stay, each between two markers, `<Gene>` and `</Gene>`.
    """
    tokens: List[Token] = []
    places = []
    position = 0
    for mention in pair:
        tokens += _words(sentence, position, mention.first)
        places.append(len(tokens))
        tokens += _argument(sentence, mention, form)
        position = mention.beyond
    tokens += _words(sentence, position, len(sentence.words))
    return ArgumentWords(tokens, (places[0], places[1]))


def _words(sentence: EntitySentence, first: int, beyond: int) -> List[Token]:
    if sentence.word_spans is None:
        return [Token(word) for word in sentence.words[first:beyond]]
    return [
        Token(sentence.words[index], *sentence.word_spans[index]) for index in range(first, beyond)
    ]


def _argument(sentence: EntitySentence, mention: EntityMention, form: str) -> List[Token]:
    if form == "marked":
        # Markers have no offsets, so there is a space on both sides of them.
        words = _words(sentence, mention.first, mention.beyond)
        return [Token(f"<{mention.type}>"), *words, Token(f"</{mention.type}>")]
    word = ENTITY_TOKEN if form == "hidden" else f"<{mention.type}>"
    return [Token(word) if sentence.word_spans is None else Token(word, *sentence.span(mention))]
