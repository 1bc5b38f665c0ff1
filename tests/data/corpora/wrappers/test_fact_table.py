import os
from typing import Iterator, List, Tuple

from hypothesis import given, settings
from hypothesis import strategies as st

from bio_ie.data.corpora.wrappers.fact_table import CuratedFact, FactTable, fact_table
from bio_ie.files.corpus_report import CorpusReport
from bio_ie.files.source import Source

NAMES = st.sampled_from("abc")
FACTS = st.lists(st.builds(CuratedFact, st.integers(0, 5), NAMES, NAMES, NAMES))


@given(FACTS)
@settings(max_examples=100)
def test_facts_of_a_paper_are_those_read_for_it_once_each(facts: List[CuratedFact]) -> None:
    table = FactTable(facts, CorpusReport())
    assert len(table) == len(set(facts))
    for paper in range(7):
        found = table.of_paper(str(paper))
        assert len(found) == len(set(found))
        assert set(found) == {fact[1:] for fact in facts if fact.paper == paper}


def test_ids_that_are_no_pubmed_ids_have_no_facts() -> None:
    table = FactTable([CuratedFact(7, "r", "a", "b")], CorpusReport())
    assert table.of_paper("7") == [("r", "a", "b")]
    for paper in ("", "x", "-7", "7_0", "٧", "7" * 40):
        assert table.of_paper(paper) == []


class OneFact:
    """A fact reader that counts how often it is called. It is equal to all others of its kind."""

    asked = 0
    other_files: Tuple[str, ...] = ()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, OneFact)

    def __hash__(self) -> int:
        return 1

    def facts(self, source: Source) -> Iterator[CuratedFact]:
        OneFact.asked += 1
        for line in source.lines():
            yield CuratedFact(int(line), "r", "a", "b")


def test_files_are_read_once_in_a_process_unless_they_change(tmp_path) -> None:
    file = tmp_path / "facts"
    file.write_text("1\n")
    files = ((str(file), "facts"),)
    OneFact.asked = 0
    first = fact_table(OneFact(), files, "raise")
    assert fact_table(OneFact(), files, "raise") is first
    assert OneFact.asked == 1
    file.write_text("1\n2\n")
    os.utime(file, (1, 1))
    assert len(fact_table(OneFact(), files, "raise")) == 2
