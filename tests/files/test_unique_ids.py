import tracemalloc

from hypothesis import given
from hypothesis import strategies as st

from bio_ie.files.unique_ids import UniqueIds
from tests.data.corpora.broken_files import steady


def test_the_second_of_an_id_gets_a_number_and_one_warning_is_given(caplog):
    unique = UniqueIds("file")
    assert [unique(name) for name in "abaab"] == ["a", "b", "a#2", "a#3", "b#2"]
    assert len(caplog.records) == 1
    assert "file: document id 'a' occurs more than once" in caplog.text


@steady
@given(st.lists(st.sampled_from(["a", "a#2", "a#2#2", "a#3", "b"])))
def test_ids_are_unique_even_where_they_look_like_numbered_ones(names):
    unique = UniqueIds("file")
    given_ids = [unique(name) for name in names]
    assert len(set(given_ids)) == len(names)
    assert all(id_.startswith(name) for id_, name in zip(given_ids, names, strict=True))


def test_a_reserved_id_is_given_as_it_is(caplog):
    unique = UniqueIds("file")
    reserved = [unique.reserve("a"), unique.reserve("a")]
    assert reserved == ["a", "a#2"]
    assert [unique(name) for name in reserved] == reserved
    assert unique("a") == "a#3"
    assert len(caplog.records) == 1


@steady
@given(
    st.lists(
        st.sampled_from(
            ["1", "01", "PMC1", "pmc1", "8", "99999999", "100000000", "0", "PMC", "1#2"]
        )
        | st.integers(0, 10**9).map(str)
    )
)
def test_numbers_are_told_apart_like_any_other_ids(names):
    unique, seen = UniqueIds("file"), set()
    for name in names:
        id_ = unique(name)
        assert id_ not in seen
        assert (id_ == name) == (name not in seen)
        seen.add(id_)


def test_ids_of_pubmed_take_little_memory():
    unique = UniqueIds("file")
    tracemalloc.start()
    for number in range(30_000_000, 30_200_000):
        unique(str(number))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 9_000_000  # a set of strings takes 20 MB
