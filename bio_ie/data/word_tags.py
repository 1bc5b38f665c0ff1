"""Labels of spans of words, written as one tag per word."""

from typing import Iterable, List, Tuple

from bio_ie.text.tokenizers.alignment import WordSpan

NIL = "O"
"""The tag of a word that is in no mention."""


def word_tags(
    labelled: Iterable[Tuple[WordSpan, str]], num_words: int, scheme: str = "BIOES"
) -> List[str]:
    """The tags of `num_words` words.

    # Parameters

    labelled : `Iterable[Tuple[WordSpan, str]]`
        Spans with their labels. No two spans share a word.
    num_words : `int`
    scheme : `str`, optional (default = `"BIOES"`)
        `"BIOES"` (BILOU with other letters) or `"BIO"`.
    """
    tags = [NIL] * num_words
    for (first, last), label in labelled:
        tags[first] = f"B-{label}"
        tags[first + 1 : last + 1] = [f"I-{label}"] * (last - first)
        if scheme == "BIOES":
            tags[last] = f"{'S' if first == last else 'E'}-{label}"
    return tags
