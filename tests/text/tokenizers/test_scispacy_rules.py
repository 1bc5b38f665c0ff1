import gzip
import json
import multiprocessing
import pickle
import re
from itertools import product
from pathlib import Path
from typing import List

import pytest
from allennlp.common import Params
from allennlp.data import Token, Tokenizer
from hypothesis import given, settings
from hypothesis import strategies as st

from bio_ie.text.document import Span
from bio_ie.text.invisible import INVISIBLE
from bio_ie.text.tokenizers import ScispacyRulesTokenizer
from bio_ie.text.tokenizers.scispacy_rules import _ChunkSpans, _spacy_tokenizer, _StretchSplits

# Many of the characters that the rules look for, and any character at all, lone surrogates
# included.
texts = st.text(
    st.one_of(st.sampled_from("aB1 .,;:()[]{}'\"’-+*/°%=<>\t\n\r\u00a0\u2003"), st.characters())
)


def words(text: str) -> List[str]:
    return [token.text for token in ScispacyRulesTokenizer().tokenize(text)]


def check_maps_back(text: str, tokens: List[Token]) -> None:
    position = 0
    for token in tokens:
        assert token.idx is not None
        assert token.idx_end is not None
        assert text[token.idx : token.idx_end] == token.text
        assert token.text
        assert not any(character.isspace() for character in token.text)
        assert not text[position : token.idx].strip()
        position = token.idx_end
    assert not text[position:].strip()


@settings(deadline=None)  # the first call makes spaCy's tokenizer
@given(texts, st.sampled_from(["", "-/", "^]"]))
def test_tokens_hold_every_character_but_white_space_once(text: str, signs: str) -> None:
    tokens = ScispacyRulesTokenizer(signs).tokenize(text)
    check_maps_back(text, tokens)
    assert all(len(token.text) == 1 or not set(token.text) & set(signs) for token in tokens)


def test_split_signs_are_words() -> None:
    tokenizer = Tokenizer.from_params(Params({"type": "scispacy_rules", "split_signs": "-/"}))
    tokens = tokenizer.tokenize("cocaine-induced IL-2/STAT5")
    assert [token.text for token in tokens] == [
        "cocaine", "-", "induced", "IL", "-", "2", "/", "STAT5",
    ]  # fmt: skip
    assert words("cocaine-induced") == ["cocaine-induced"]


def test_chemical_and_gene_names_stay_whole() -> None:
    assert words("Both 1,2-dimethyl-5-nitroimidazole and IL-2/STAT5 rose (p < .05).") == [
        "Both", "1,2-dimethyl-5-nitroimidazole", "and", "IL-2/STAT5", "rose",
        "(", "p", "<", ".05", ")", ".",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "text, expected",
    [
        ("zolamin\u200b", ["zolamin", "\u200b"]),
        ("zolamin\u115f mg", ["zolamin", "\u115f", "mg"]),
        ("\ufeffzola\xadmin\x00.", ["\ufeff", "zola", "\xad", "min", "\x00", "."]),
        ("zolamin\U0001f48a.", ["zolamin", "\U0001f48a", "."]),
        ("\U0001f44d\U0001f3fdok", ["\U0001f44d", "\U0001f3fd", "ok"]),
        ("ok\u2764\ufe0f", ["ok", "\u2764", "\ufe0f"]),
        ("\u202bzolamin\u202c,", ["\u202b", "zolamin", "\u202c", ","]),
    ],
)  # fmt: skip
def test_emoji_and_invisible_characters_are_tokens(text: str, expected: List[str]) -> None:
    assert words(text) == expected


def test_abbreviations_keep_their_period() -> None:
    assert words("S. aureus grew, i.e. it won.") == ["S.", "aureus", "grew", ",", "i.e.", "it",
                                                     "won", "."]  # fmt: skip


def test_a_word_is_split_alike_wherever_it_stands() -> None:
    # spaCy reads the colon and the "p" after the space as an emoticon, and splits "p." itself.
    assert words("codons: p.A1B") == [*words("codons:"), *words("p.A1B")]


def test_no_words_in_white_space() -> None:
    assert words("") == words(" \n\t\u00a0") == []


SPACY = _spacy_tokenizer()
SPLITS = _StretchSplits()


def spans_of_spacy(stretch: str) -> List[Span]:
    return [(token.idx, token.idx + len(token)) for token in SPACY(stretch)]


def test_words_around_special_cases_are_those_of_scispacy() -> None:
    for case in SPACY.rules:
        for word in (case, case.lower(), case[1:], case[:-1]):
            for before, after in product(("", "("), ("", ".", ",", ")", ":", "),", ").")):
                stretch = before + word + after
                if stretch and not any(map(str.isspace, stretch)):
                    assert list(SPLITS[stretch]) == spans_of_spacy(stretch)


@settings(max_examples=1_000)
@given(st.text(st.sampled_from("aBcdmotM'.,;:()-/01358<=%"), min_size=1, max_size=8))
def test_short_stretches_are_those_of_scispacy(stretch: str) -> None:
    assert list(SPLITS[stretch]) == spans_of_spacy(stretch)


def test_signs_cut_what_scispacy_splits() -> None:
    tokenizer = ScispacyRulesTokenizer("-/")
    for stretch in ("IL-2/STAT5,", "(cocaine-induced)", "5mg/kg.", "--", "a-", "/b/", "can't-do"):
        parts = [
            (start + part.start(), start + part.end())
            for start, end in spans_of_spacy(stretch)
            for part in re.finditer("[-/]|[^-/]+", stretch[start:end])
        ]
        assert tokenizer.token_spans(stretch) == parts


def test_a_very_long_stretch_is_cut_and_takes_no_long() -> None:
    text = "+" * 20_000  # takes spaCy over a minute
    check_maps_back(text, ScispacyRulesTokenizer().tokenize(text))
    assert max(map(len, words("a" * 1_000))) == 256


@given(st.lists(st.text(st.sampled_from("a1b-/(). \n\t\u200b"), max_size=9)))
def test_words_between_spaces_do_not_depend_on_each_other(chunks: List[str]) -> None:
    tokenizer = ScispacyRulesTokenizer("-/")
    expected, offset = [], 0
    for chunk in chunks:
        expected += [(offset + a, offset + b) for a, b in tokenizer.chunk_spans(chunk)]
        offset += len(chunk) + 1
    assert tokenizer.token_spans(" ".join(chunks)) == expected


def test_memory_is_bounded() -> None:
    chunks = _ChunkSpans("-", max_size=3)
    for chunk in ("a.", "(b)", "c-d", "d", "a." * 200, "a."):
        chunks[chunk]
        assert len(chunks) <= 3
        assert "a." * 200 not in chunks
    assert chunks["c-d"] == ((0, 1), (1, 2), (2, 3))
    splits = _StretchSplits(max_size=3)
    for stretch in ("a.b", "(b.b)", "c%", "d*", "a.b"):
        splits[stretch]
        assert len(splits) <= 3
    assert splits["(b)"] == ((0, 1), (1, 2), (2, 3))


def test_pickled_and_forked() -> None:
    tokenizer = ScispacyRulesTokenizer()
    expected = tokenizer.tokenize("IL-2 (5 mg) works.")
    assert pickle.loads(pickle.dumps(tokenizer)).tokenize("IL-2 (5 mg) works.") == expected
    with multiprocessing.get_context("fork").Pool(1) as pool:
        assert pool.apply(tokenizer.tokenize, ("IL-2 (5 mg) works.",)) == expected


def test_built_from_a_config() -> None:
    tokenizer = Tokenizer.from_params(Params({"type": "scispacy_rules"}))
    assert isinstance(tokenizer, ScispacyRulesTokenizer)


@pytest.fixture(scope="session")
def abstracts(corpus_folder: Path) -> List[str]:
    with gzip.open(corpus_folder / "pubmed_text" / "abstracts.jsonl.gz", "rt") as file:
        values = [json.loads(line) for line, _ in zip(file, range(2_000), strict=False)]
    return [f"{value['title']}\n{value['abstract']}" for value in values]


def test_words_of_real_abstracts_are_those_of_scispacy(abstracts: List[str]) -> None:
    invisible = re.compile(f"[{INVISIBLE}]").search
    tokenizer = ScispacyRulesTokenizer()
    stretches = dict.fromkeys(stretch for text in abstracts for stretch in text.split())
    for stretch in stretches:
        if invisible(stretch) is None and len(stretch) <= 256:
            assert tokenizer.token_spans(stretch) == spans_of_spacy(stretch)


def test_tokens_of_real_abstracts_map_back_to_the_text(abstracts: List[str]) -> None:
    tokenizer = ScispacyRulesTokenizer()
    for text in abstracts:
        check_maps_back(text, tokenizer.tokenize(text))
