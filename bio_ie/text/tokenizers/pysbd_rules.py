"""
pySBD's rules for English, each run only where it can change something.

pySBD runs several hundred searches over each text, nearly all of which find nothing. The functions
here take pySBD's steps in pySBD's order and with pySBD's result, but look first for what the rules
of a step have in common, such as a letter between two full stops. A step that is needed seldom is
left to pySBD's own code.

A pattern that begins with a character is found much faster than one that begins by looking back. So
patterns here match the full stop or bracket first, and then look back over it.
"""

import re
from itertools import pairwise
from typing import Iterator, List, Match, Sequence

from pysbd.between_punctuation import BetweenPunctuation
from pysbd.exclamation_words import ExclamationWords
from pysbd.lang.english import English
from pysbd.lists_item_replacer import ListItemReplacer
from pysbd.processor import Processor
from pysbd.punctuation_replacer import replace_punctuation
from pysbd.utils import Rule, Text

MARKS = "ƪȸȹᓰᓱᓳᓴᓷᓸ∮∯⌬⎋☄☇☈☉☏☝♝♟♨♬♭✂"
"""The characters that pySBD inserts into a text to mark places while it works. `∯`, for one, stands
for a full stop that ends no sentence."""

SEPARATORS = {"\x1c": "\x0b", "\x1d": "\x0b", "\x1e": "\x0b", "\x1f": "\t"}
"""White space that pySBD fails on before a number, and what is the same to its rules."""


def english_sentences(text: str) -> List[str]:
    """The sentences of an English text: what
    `pysbd.Segmenter(language="en").processor(text).process()` returns.

    # Parameters

    text : `str`
        A text without `MARKS` and `SEPARATORS`.
    """
    if not text:
        return []
    text = _with_list_items(text.replace("\n", "\r"))
    text = _with_abbreviations(text)
    text = _with_numbers(text)
    segments = _with_breaks_at_brackets(text).split("\r")
    split = (part for segment in filter(None, segments) for part in _split(segment))
    return [sentence for part in split for sentence in _restored(part)]


# The numbers and letters of lists

_letter_and_stop = re.compile(r"\.(?<=\s[a-z]\.)").findall
_letters_and_bracket = re.compile(
    r"\)(?:(?<=[\s(][a-z]\))"
    r"|(?<=[\s(][ivx]{2}\))|(?<=[\s(][ivx]{3}\))|(?<=[\s(][ivx]{4}\))|(?<=[\s(][ivx]{5}\)))"
).findall
_number_and_stop = re.compile(r"\.(?:(?<=[\s\-⁃]\d\.)|(?<=[\s\-⁃]\d\d\.))(?=[\s)])").findall
_number_and_bracket = re.compile(r"\)(?<=\d\))(?=\s)").findall
_numbers_with_stop = re.compile(ListItemReplacer.NUMBERED_LIST_REGEX_1).findall
_numbers_with_bracket = re.compile(ListItemReplacer.NUMBERED_LIST_PARENS_REGEX).findall


def _with_list_items(text: str) -> str:
    """The text with a line for each item of its lists."""
    return ListItemReplacer(text).add_line_break() if _may_have_list(text) else text


def _may_have_list(text: str) -> bool:
    """Whether two letters, or two numbers that follow each other, may belong to a list."""
    padded = "\r" + text  # the text begins as a line does
    return (
        len(_letter_and_stop(padded)) > 1
        or len(_letters_and_bracket(padded)) > 1
        or (len(_number_and_stop(padded)) > 1 and _have_successors(_numbers_with_stop(text)))
        or (len(_number_and_bracket(text)) > 1 and _have_successors(_numbers_with_bracket(text)))
    )


def _have_successors(numbers: Sequence[str]) -> bool:
    return any(
        second - first == 1 or {first, second} == {0, 9}
        for first, second in pairwise(map(int, numbers))
    )


# The full stops of abbreviations

_WORDS = frozenset(filter(str.isalpha, English.Abbreviation.ABBREVIATIONS))
_WORDS_WITH_STOPS = [w for w in English.Abbreviation.ABBREVIATIONS if w not in _WORDS]
_TITLES = frozenset(English.Abbreviation.PREPOSITIVE_ABBREVIATIONS)
_BEFORE_NUMBERS = frozenset(English.Abbreviation.NUMBER_ABBREVIATIONS)
_LONGEST = max(map(len, _WORDS))

# pySBD reads line by line and does not look beyond the end of a line.
_BLANK = r"[^\S\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]"
_stop_after_letter = re.compile(r"\.(?<=[a-zA-Z]\.)(?=[\s.:\-?,])").finditer
_after_title = re.compile(r"\s|:\d").match
_after_number_sign = re.compile(rf"{_BLANK}\d|{_BLANK}+\(").match
_after_word = re.compile(rf"[.:\-?,]|{_BLANK}(?:[a-z]|I\s|I'm|I'll|\d|\()").match

_stop_after_initial = re.compile(r"\.(?:(?<=^[A-Z]\.)(?=\s)|(?<=\s[A-Z]\.)(?=,?\s))").sub
_letter_between_stops = re.compile(r"\.[a-zA-Z]\.").search
_starter_after_stop = re.compile(
    rf"∯(?=\s(?:{'|'.join(English.AbbreviationReplacer.SENTENCE_STARTERS)})\s)"
).search
# The letters beyond ASCII that count as a-z where case is ignored, and a bracket without which
# pySBD finds no letter after an abbreviation.
_is_unusual = re.compile("[\u0130\u0131\u017f\u212a{]").search


def _with_abbreviations(text: str) -> str:
    replacer = English.AbbreviationReplacer(text, English)
    if _is_unusual(text):
        return str(replacer.replace())
    if ".'s" in text:
        text = _applied(text, English.PossessiveAbbreviationRule)
    if "Co." in text:
        text = _applied(text, English.KommanditgesellschaftRule)
    text = _stop_after_initial("∯", text)
    text = _with_words_with_stops(text)
    replacer.text = _with_words(text)
    if _letter_between_stops(replacer.text):
        replacer.replace_multi_period_abbreviations()
    if "∯M∯" in replacer.text or "∯m∯" in replacer.text:
        replacer.text = _applied(replacer.text, *English.AmPmRules.All)
    if _starter_after_stop(replacer.text):
        replacer.replace_abbreviation_as_sentence_boundary()
    return str(replacer.text)


def _with_words(text: str) -> str:
    """Marks the full stops of abbreviations that have no other full stop."""
    marked, position = [], 0
    for match in _stop_after_letter(text):
        stop = match.start()
        if _ends_abbreviation(text, stop):
            marked.append(text[position:stop])
            position = stop + 1
    return "∯".join([*marked, text[position:]])


def _ends_abbreviation(text: str, stop: int) -> bool:
    word = text[max(0, stop - _LONGEST - 1) : stop].split()[-1].lower()
    if word not in _WORDS:
        return False
    follows = (
        _after_title
        if word in _TITLES
        else _after_number_sign
        if word in _BEFORE_NUMBERS
        else _after_word
    )
    return follows(text, stop + 1) is not None


def _with_words_with_stops(text: str) -> str:
    """Marks the last full stops of abbreviations such as "e.g."."""
    lowered = text.lower()
    if not any(word in lowered for word in _WORDS_WITH_STOPS):
        return text
    return "".join(map(_line_with_words_with_stops, text.splitlines(True)))


def _line_with_words_with_stops(line: str) -> str:
    replacer = English.AbbreviationReplacer(line, English)
    lowered = line.lower()
    for word in _WORDS_WITH_STOPS:
        if word in lowered:
            # As in pySBD, a full stop of the word stands for any character.
            for found in re.findall(rf"(?:^|\s){word}", line, re.IGNORECASE):
                line = replacer.replace_period_of_abbr(line, found)
    return line


# Full stops of numbers and before references

_stop_of_number = re.compile(
    r"\.(?:(?=\d)|(?<=\d\.)(?=\S)"
    r"|(?:(?<=\r\d\.)|(?<=^\d\.)|(?<=^\d\d\.))(?=\s\S|\)))"
).sub
_may_be_reference = re.compile(r"[.∯](?<=[^\d\s][.∯])(?:\[|[\d\s]{2,8}[A-Z])").search
_stop_between_letters = re.compile(r"\.(?<=[a-zA-Z0-9_]\.)[a-zA-Z0-9_]").search
_stop_after_space = re.compile(r"\.(?<=\s\.)").search


def _with_numbers(text: str) -> str:
    """Marks full stops that belong to numbers, to names of files and the like. A reference that
    follows a full stop ends the line."""
    processor = Processor(_stop_of_number("∯", text), English)
    if "!" in text or "?" in text:
        processor.replace_continuous_punctuation()
    if _may_be_reference(processor.text):
        processor.replace_periods_before_numeric_references()
    text = processor.text
    if _stop_between_letters(text):
        text = _applied(text, English.Abbreviation.WithMultiplePeriodsAndEmailRule)
    if "°." in text:
        text = _applied(text, English.GeoLocationRule)
    if _stop_after_space(text):
        text = _applied(text, English.FileFormatRule)
    return text


# Lines

_two_stops = re.compile(r"\.\s?\.").search


def _with_breaks_at_brackets(text: str) -> str:
    """Breaks lines at brackets between quotations."""
    if '"' not in text and "”" not in text:
        return text
    processor = Processor(text, English)
    processor.check_for_parens_between_quotes()
    return str(processor.text)


_ANY = r"\S.*?[。．.！!?？ȸȹ☉☈☇☄]"
# The same, found faster. No line has a line break, which a full stop does not match.
_ANY_FASTER = r"\S[^。．.！!?？ȸȹ☉☈☇☄]*[。．.！!?？ȸȹ☉☈☇☄]"
_sentences = re.compile(English.SENTENCE_BOUNDARY_REGEX.replace(_ANY, _ANY_FASTER)).findall


def _split(line: str) -> List[str]:
    """The sentences of a line, with all marks."""
    if _two_stops(line):
        line = _applied(line, *English.EllipsisRules.All)
    if not any(mark in line for mark in English.Punctuations):
        return [line]
    if line[-1] not in English.Punctuations:
        line += "ȸ"
    if "!" in line:
        line = ExclamationWords.apply_rules(line)
    line = _with_quotations(line)
    if "!" in line or "?" in line:
        if not re.match(English.DoublePunctuationRules.DoublePunctuation, line):
            line = _applied(line, *English.DoublePunctuationRules.All)
        line = _applied(
            line, English.QuestionMarkInQuotationRule, *English.ExclamationPointRules.All
        )
    line = _roman_numeral(r"&✂&\1&⌬&", line)
    if line.endswith("&ᓴ&"):
        line = f"{line[:-3]}!"
    return _sentences(line)


# Brackets and quotations

_roman_numeral = re.compile(ListItemReplacer.ROMAN_NUMERALS_IN_PARENTHESES).sub
_space_and_apostrophe = re.compile(r"'(?<=\s')").search
_brackets = re.compile(r"\([^()\\]+\)").sub
_square_brackets = re.compile(r"\[[^\]\\]+\]").sub
_has_mark = re.compile(r"[.。．！!?？']").search


def _with_quotations(line: str) -> str:
    """Marks what could end a sentence in brackets and quotations."""
    if "\\" in line:
        return str(BetweenPunctuation(line).replace())
    between = BetweenPunctuation(line)
    if _space_and_apostrophe(line):
        line = between.sub_punctuation_between_single_quotes(line)
    if "‘" in line:
        line = between.sub_punctuation_between_single_quote_slanted(line)
    if '"' in line:
        line = between.sub_punctuation_between_double_quotes(line)
    line = _square_brackets(_marked, line)
    line = _brackets(_marked, line)
    if "«" in line:
        line = between.sub_punctuation_between_quotes_arrow(line)
    if "--" in line:
        line = between.sub_punctuation_between_em_dashes(line)
    if "“" in line:
        line = between.sub_punctuation_between_quotes_slanted(line)
    return line


def _marked(match: "Match[str]") -> str:
    return str(replace_punctuation(match)) if _has_mark(match.group()) else match.group()


# What was marked, as it was written

_WRITTEN = [
    (rule.pattern, rule.replacement)
    for rule in (*English.SubSymbolsRules.All, *English.ReinsertEllipsisRules.All)
]
_ends_with_quotation = re.compile(English.QUOTATION_AT_END_OF_SENTENCE_REGEX).search
_after_quotations = re.compile(English.SPLIT_SPACE_QUOTATION_AT_END_OF_SENTENCE_REGEX).split


def _restored(sentence: str) -> Iterator[str]:
    """The sentence without marks. After a quotation it may be split once more."""
    for mark, written in _WRITTEN:
        if mark in sentence:
            sentence = sentence.replace(mark, written)
    if _ends_with_quotation(sentence):
        parts = _after_quotations(sentence)
    else:
        parts = list(filter(None, [sentence.replace("\n", "").strip()]))
    for part in parts:
        yield part.replace("&⎋&", "'")


def _applied(text: str, *rules: Rule) -> str:
    return str(Text(text).apply(*rules))
