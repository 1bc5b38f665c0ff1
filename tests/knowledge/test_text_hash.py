from hypothesis import given
from hypothesis import strategies as st

from bio_ie.knowledge.text_hash import MODULUS, hash_and_shift, text_hash

texts = st.text(st.one_of(st.sampled_from("ab \ud800"), st.characters()))


@given(texts, texts)
def test_hash_of_two_texts_follows_from_theirs(first, second):
    hash_, shift = hash_and_shift(second)
    assert hash_ == text_hash(second)
    assert text_hash(first + second) == (text_hash(first) * shift + hash_) % MODULUS


def test_modulus_is_a_prime_whose_products_have_64_bits():
    assert MODULUS * MODULUS < 1 << 64
    assert all(MODULUS % divisor for divisor in range(2, int(MODULUS**0.5) + 1))


def test_hashes_of_similar_names_differ():
    names = [f"{first}{second} type {number}" for first in "abcdef" for second in "abcdef"
             for number in range(1_000)]  # fmt: skip
    assert len(set(map(text_hash, names))) == len(names)
