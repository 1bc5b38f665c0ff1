import pytest
from allennlp.common.checks import ConfigurationError
from hypothesis import given
from hypothesis import strategies as st

from bio_ie.knowledge.candidate_generators import Candidate, ExactCandidateGenerator
from bio_ie.knowledge.dictionary_matcher import (
    DictionaryMatch,
    DictionaryMatcher,
    longest_matches,
)


@pytest.fixture
def matcher(example_kb):
    return DictionaryMatcher(ExactCandidateGenerator(example_kb))


def names(text, matches):
    found = [(text[match.start : match.end], match.candidates) for match in matches]
    return [(name, [candidate.concept_id for candidate in items]) for name, items in found]


@pytest.mark.parametrize(
    "text, expected",
    [
        ("Seizures, epilepsy.", [("Seizures", ["X:03"]), ("epilepsy", ["X:04"])]),
        ("A methamphetamine-induced fit", [("methamphetamine", ["X:01"])]),
        ("Has a (common) cold", [("common) cold", ["X:06"]), ("cold", ["X:06", "X:07"])]),
        ("Non-insulin-dependent diabetes!", [("Non-insulin-dependent diabetes", ["X:05"])]),
        ("diabetes mellitus,  type\t2", [("diabetes mellitus,  type\t2", ["X:05"])]),
        ("Common\ncold", [("cold", ["X:06", "X:07"])]),
        ("It is common. Cold is", [("Cold", ["X:06", "X:07"])]),
        ("all had ALL", [("ALL", ["X:08"])]),
        ("", []),
        (" \n.", []),
        ("nothing of it", []),
    ],
)
def test_names_are_found_where_they_stand(text, expected, matcher):
    assert names(text, matcher.match([text])[0]) == expected


def test_longest_matches_hide_nested_and_overlapping_ones(matcher):
    text = "toxicity of methamphetamine in a common cold"
    (every,), (longest,) = matcher.match([text]), matcher.match([text], longest_only=True)
    assert len(names(text, every)) == 4
    assert names(text, longest) == [
        ("toxicity of methamphetamine", ["X:09"]),
        ("common cold", ["X:06"]),
    ]


def test_abbreviations_are_those_of_their_own_text(matcher):
    texts = ["Methamphetamine (MA) and MA-like drugs", "MA is something else"]
    first, second = matcher.match(texts)
    assert names(texts[0], first)[-1] == ("MA", ["X:01"])
    assert second == []


def test_abbreviations_are_those_of_the_context_if_there_is_one(matcher):
    texts = ["Given MA again", "MA is something else"]
    document = "Methamphetamine (MA) helps. Given MA again"
    first, second = matcher.match(texts, contexts=[document, texts[1]])
    assert names(texts[0], first) == [("MA", ["X:01"])]
    assert second == []
    assert matcher.match(texts) == matcher.match(texts, contexts=texts) == [[], []]


def test_a_context_gives_no_matches_of_its_own(matcher):
    text, document = "a cold", "Epilepsy and a cold"
    (found,) = matcher.match([text], contexts=[document])
    assert names(text, found) == [("cold", ["X:06", "X:07"])]


def test_each_text_needs_its_context(matcher):
    for contexts in (["a cold"], []):
        with pytest.raises(ValueError, match="shorter"):
            matcher.match(["a cold", "a fit"], contexts=contexts)


def test_wider_than_the_limit_is_not_found(example_kb):
    text = "toxicity of methamphetamine"
    generator = ExactCandidateGenerator(example_kb)
    found = names(text, DictionaryMatcher(generator, max_width=2).match([text])[0])
    assert found == [("methamphetamine", ["X:01"])]


def test_all_texts_are_looked_up_at_once(matcher, example_kb, monkeypatch):
    calls = []
    lookup = example_kb.lookup
    monkeypatch.setattr(example_kb, "lookup", lambda some: calls.append(1) or lookup(some))
    assert len(matcher.match(["cold seizures", "epilepsy", "epileptic fit"])) == 3
    assert len(calls) == 1


@pytest.mark.parametrize("setting", ["max_width", "min_characters"])
def test_limits_must_be_positive(setting, example_kb):
    with pytest.raises(ConfigurationError, match=setting):
        DictionaryMatcher(ExactCandidateGenerator(example_kb), **{setting: 0})


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(1, 6)), max_size=12))
def test_kept_matches_do_not_overlap_and_each_other_one_meets_one_as_long(spans):
    matches = [DictionaryMatch(a, a + n, [Candidate("X:1", 1.0)]) for a, n in dict.fromkeys(spans)]
    kept = longest_matches(matches)
    assert all(first.end <= second.start for first, second in zip(kept, kept[1:]))  # noqa: B905, RUF007
    for match in matches:
        if match not in kept:
            assert any(
                other.start < match.end
                and match.start < other.end
                and other.end - other.start >= match.end - match.start
                for other in kept
            )
