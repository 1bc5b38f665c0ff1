"""Compares the spans that are looked up with all spans of a text."""

import gzip
import json
import re
import string
from itertools import islice

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from spacy.lang.en.stop_words import STOP_WORDS

from bio_ie.knowledge import name_spans
from bio_ie.knowledge.abbreviations import expand_abbreviations, find_abbreviations
from bio_ie.knowledge.candidate_generators import ExactCandidateGenerator
from bio_ie.knowledge.dictionary_matcher import DictionaryMatch, DictionaryMatcher
from bio_ie.knowledge.name_filter import NAME, NameFilter
from bio_ie.knowledge.name_spans import NameSpans
from bio_ie.knowledge.normalization import normalize_name
from bio_ie.text.tokenizers import ScispacyRulesTokenizer


class Names:
    """A knowledge base in memory: a concept for each name, and one more for every second name."""

    path = "nowhere.sqlite"
    fingerprint = "fingerprint"

    def __init__(self, names):
        self._names = names
        self._concepts = {}
        for number, name in enumerate(names):
            for concept in [f"X:{number}", f"Y:{number}"][: 1 + number % 2]:
                self._concepts.setdefault(normalize_name(name), set()).add(concept)
        self._concepts.pop("", None)
        self.metadata = {"names": str(len(names))}

    def normalized_names(self):
        return iter(sorted(self._concepts))

    def names(self):
        return iter([(f"X:{number}", name) for number, name in enumerate(self._names)])

    def lookup(self, normalized):
        known = self._concepts
        return {name: tuple(sorted(known[name])) for name in normalized if name in known}


TOKENIZER = ScispacyRulesTokenizer(split_signs="-–/()[]")


def every_match(generator, text, context, max_width=8):
    """The slow way: every span of words is expanded and looked up."""
    stretches, previous_end = [[]], None
    for start, end in TOKENIZER.token_spans(text):
        is_line_end = previous_end is not None and "\n" in text[previous_end:start]
        if text[start:end] in (".", ";", ":", "?", "!") or is_line_end:
            stretches.append([])
        if re.search(r"[^\W_]", text[start:end]):
            stretches[-1].append((start, end))
        previous_end = end
    matches = []
    for words in stretches:
        for first, (start, _) in enumerate(words):
            for _, end in words[first : first + max_width]:
                written = text[start:end]
                if written.lower() in STOP_WORDS and not (written.isupper() and len(written) > 1):
                    continue
                if len(written) < 2 or not any(map(str.isalpha, written)):
                    continue
                (query,) = generator.expanded(context, [written])
                (candidates,) = generator.generate([query])
                if candidates:
                    matches.append(DictionaryMatch(start, end, candidates))
    return matches


WORDS = [
    *("cell", "Cells", "IL", "2", "b", "alpha", "of", "ALL", "H3g", "5mg", "x's", "é", "e\u0301"),
    *(
        "\ufb01n",
        "K\u2122",
        "\u00bd",
        "\u0391\u03a3",
        "\u03a3\u0392",
        "\u0130d",
        "\U0001d6ba",
        "\u00aa",
    ),
    *("AB", "aBC", "IL-2", "TNF-a", "p<.05", "+x", "x+", "a_b", "__", "...", "\u0301", "\u2103"),
    *("cell\u115f", "cell\u200b", "b_2"),
]
SIGNS = [*(" ", " ", " ", "  ", "\t", "\u00a0", "-", " - ", "\u2013", "/", "(", ")", " (", ") ")]
SIGNS += [". ", ", ", "\n", "", "[", "]", "\u2122", "'", ".", " +"]
texts = st.lists(st.sampled_from([*WORDS, *SIGNS]), max_size=30).map("".join)
# Names that are in texts, names that differ in what does not count, and others.
names = st.lists(
    st.lists(st.sampled_from([*WORDS, *SIGNS]), min_size=1, max_size=6).map("".join), max_size=25
)
ABBREVIATION = "tumour alpha factor beta-2 (AB) and inter lambda (IL) with interior link 2 (IL-2). "


@settings(max_examples=400)
@given(names, texts, st.booleans(), st.sampled_from([1, 3, 8]))
def test_matches_are_those_of_every_span(names, text, is_stemmed, max_width):
    generator = ExactCandidateGenerator(Names(names), stem=is_stemmed)
    (found,) = DictionaryMatcher(generator, max_width).match([text])
    assert found == every_match(generator, text, text, max_width)


@settings(max_examples=400)
@given(names, texts)
def test_matches_with_abbreviations_are_those_of_every_span(names, text):
    names = [*names, "alpha factor beta 2", "interior link 2 cell", "inter lambda b", "cell inter"]
    generator = ExactCandidateGenerator(Names(names))
    context = f"{ABBREVIATION}{text}"
    for written in (text, context):
        (found,) = DictionaryMatcher(generator).match([written], contexts=[context])
        assert found == every_match(generator, written, context)


@settings(max_examples=200)
@given(names, st.lists(texts, max_size=5), st.integers(1, 60))
def test_matches_of_several_texts_are_those_of_each(names, some, group_characters):
    contexts = [f"{ABBREVIATION}{text}" if number % 2 else text for number, text in enumerate(some)]
    generator = ExactCandidateGenerator(Names([*names, "alpha factor beta 2", "inter lambda b"]))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(name_spans, "_GROUP_CHARACTERS", group_characters)
        found = DictionaryMatcher(generator).match(some, contexts=contexts)
    expected = [every_match(generator, *pair) for pair in zip(some, contexts, strict=True)]
    assert found == expected


def test_abbreviations_within_and_over_words_are_expanded():
    names = ["interior link 2 receptor", "anti alpha factor beta 2", "IL", "inter lambda"]
    generator = ExactCandidateGenerator(Names(names))
    context = f"{ABBREVIATION}Anti-AB and IL-2 receptor, IL receptor, IL2, xIL-2"
    assert find_abbreviations(context).keys() >= {"IL", "IL-2"}
    (found,) = DictionaryMatcher(generator).match([context])
    assert found == every_match(generator, context, context)
    written = [context[match.start : match.end] for match in found]
    assert "IL-2 receptor" in written
    assert written.count("IL") > 2


@pytest.mark.parametrize("text", ["", " ", "\n", ".", "- -"])
def test_nothing_is_found_where_there_are_no_words(text):
    generator = ExactCandidateGenerator(Names(["a", ""]))
    assert DictionaryMatcher(generator).match([text]) == [[]]


def test_few_spans_of_other_words_are_looked_up():
    names = [
        f"{first} {second} cell" for first, second in zip(string.printable, "abc", strict=False)
    ]
    filter_ = NameFilter.build(sorted(map(normalize_name, names)), len(names))
    text = " ".join(f"word{number} other{number}" for number in range(200))
    (found,) = NameSpans(filter_, 8).find([text], [{}])
    assert len(found) < 10


def test_real_abstracts_have_the_matches_of_every_span(corpus_folder):
    with gzip.open(corpus_folder / "pubmed_text" / "abstracts.jsonl.gz", "rt") as file:
        values = [json.loads(line) for line in islice(file, 200)]
    texts = [f"{value['title']}\n{value['abstract']}" for value in values]
    # Names as they are in the texts: all words in brackets, and some spans of other words.
    names = [name for text in texts for name in re.findall(r"\(([^()]{2,40})\)", text)]
    names += [" ".join(text.split()[5:8]) for text in texts] + [text.split()[3] for text in texts]
    generator = ExactCandidateGenerator(Names(list(dict.fromkeys(names))))
    found = DictionaryMatcher(generator).match(texts)
    assert sum(map(len, found)) > 1_000
    assert found == [every_match(generator, text, text) for text in texts]


@given(
    st.text(st.sampled_from("AB-1_ é."), max_size=12),
    st.dictionaries(st.text(st.sampled_from("AB-1_é"), min_size=1, max_size=3), st.just("<>")),
)
def test_short_forms_are_expanded_as_a_pattern_would_do_it(text, abbreviations):
    longest_first = sorted(abbreviations, key=lambda form: (-len(form), form))
    pattern = rf"(?<!\w)(?:{'|'.join(map(re.escape, longest_first))})(?!\w)"
    expected = re.sub(pattern, "<>", text) if abbreviations else text
    assert expand_abbreviations(text, abbreviations) == expected


def test_the_filter_looks_at_stems_if_names_are_compared_by_stems():
    generator = ExactCandidateGenerator(Names(["Epileptic seizures"]), stem=True)
    assert generator.name_filter().look_up("epileptic seizure") & NAME
    assert (
        not ExactCandidateGenerator(Names(["Epileptic seizures"]))
        .name_filter()
        .look_up("epileptic seizure")
    )
