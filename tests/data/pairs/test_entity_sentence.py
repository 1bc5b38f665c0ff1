import itertools
from typing import List

from hypothesis import given
from hypothesis import strategies as st

from bio_ie.data.pairs.entity_sentence import (
    EntityMention,
    EntityPair,
    EntitySentence,
    entity_key,
    entity_pairs,
)

WORDS = ["Zelorvine", "and", "its", "salt", "zelorvine", "sulfate", "cause", "lumenitis"]
DRUG = EntityMention(0, 1, "Drug", "D1", id="1")
SALT = EntityMention(4, 6, "Drug", "D2", id="2")
DRUG_IN_SALT = EntityMention(4, 5, "Drug", "D1", id="3")
DISEASE = EntityMention(7, 8, "Disease", "D3", id="4")


def test_mentions_are_replaced_by_one_token_each():
    sentence = EntitySentence("s", WORDS, [DRUG, SALT])
    context = sentence.context(EntityPair(DRUG, SALT))
    assert context == ["<ENT>", "and", "its", "salt", "<ENT>", "cause", "lumenitis"]
    adjacent = EntitySentence("s", ["a", "b", "c"], [])
    pair = EntityPair(EntityMention(0, 1, "T"), EntityMention(1, 3, "T"))
    assert adjacent.context(pair) == ["<ENT>", "<ENT>"]


def test_spans_are_those_of_the_document_or_of_the_joined_words():
    sentence = EntitySentence("s", WORDS, [SALT])
    start, end = sentence.span(SALT)
    assert sentence.written[start:end] == "zelorvine sulfate" == sentence.mention_text(SALT)
    spans = [(10 + 20 * number, 15 + 20 * number) for number in range(len(WORDS))]
    assert EntitySentence("s", WORDS, [SALT], "text", spans).span(SALT) == (90, 115)


def test_of_an_entity_with_several_mentions_the_closest_stands_for_it():
    pairs, num_overlapping = entity_pairs([DRUG, SALT, DRUG_IN_SALT, DISEASE])
    # The drug inside the name of its salt cannot be blinded together with the salt.
    assert pairs == [(DRUG, SALT), (DRUG_IN_SALT, DISEASE), (SALT, DISEASE)]
    assert num_overlapping == 0


def test_entities_all_of_whose_mentions_overlap_are_counted():
    assert entity_pairs([SALT, DRUG_IN_SALT]) == ([], 1)


def test_mentions_without_anything_in_common_are_entities_by_themselves():
    one, other = (EntityMention(place, place + 1, "T") for place in (0, 2))
    assert entity_key(one) != entity_key(other)
    assert entity_key(EntityMention(0, 1, "T", "D1")) != entity_key(EntityMention(2, 3, "U", "D1"))
    shared = [EntityMention(place, place + 1, "T", "D1", entity_id="E") for place in (0, 2)]
    assert entity_pairs(shared) == ([], 0)


MENTIONS = st.lists(
    st.builds(
        lambda first, width, type_, id_: EntityMention(first, first + width, type_, id_),
        st.integers(0, 12),
        st.integers(1, 3),
        st.sampled_from(["T", "U"]),
        st.sampled_from(["", "1", "2"]),
    ),
    max_size=7,
    unique_by=lambda mention: (mention.first, mention.beyond),
)


@given(MENTIONS)
def test_pairs_are_those_of_a_slow_search(mentions: List[EntityMention]):
    found, num_overlapping = entity_pairs(mentions)
    expected, overlapping = [], 0
    for one, other in itertools.combinations(dict.fromkeys(map(entity_key, mentions)), 2):
        best = None
        for a in mentions:
            for b in mentions:
                if (entity_key(a), entity_key(b)) in ((one, other), (other, one)) and (
                    a.beyond <= b.first
                ):
                    gap = b.first - a.beyond
                    if best is None or (gap, a, b) < best:
                        best = (gap, a, b)
        if best is None:
            overlapping += 1
        else:
            expected.append(best[1:])
    assert found == sorted(expected)
    assert num_overlapping == overlapping
    assert all(x.beyond <= y.first for x, y in found)
