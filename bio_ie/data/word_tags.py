"""Labels of spans of words, as one tag a word."""

from typing import Iterable, List, Tuple

from bio_ie.text.tokenizers.alignment import WordSpan

NIL = "O"
"""The tag of a word outside of mentions."""


def word_tags(
    labelled: Iterable[Tuple[WordSpan, str]], num_words: int, scheme: str = "BIOES"
) -> List[str]:
    """Tags of `num_words` words.

    # Parameters

    labelled : `Iterable[Tuple[WordSpan, str]]`
        Spans that share no word, with their labels.
    num_words : `int`
    scheme : `str`, optional (default = `"BIOES"`)
        `"BIOES"` (BILOU by other letters) or `"BIO"`.
    """
    tags = [NIL] * num_words
    for (first, last), label in labelled:
        tags[first] = f"B-{label}"
        tags[first + 1 : last + 1] = [f"I-{label}"] * (last - first)
        if scheme == "BIOES":
            tags[last] = f"{'S' if first == last else 'E'}-{label}"
    return tags
