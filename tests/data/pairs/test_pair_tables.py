import pytest
from allennlp.common.checks import ConfigurationError

from bio_ie.data.corpora import JsonlFormat
from bio_ie.data.pairs.pair_tables import read_pairs
from bio_ie.files.corpus_error import CorpusError
from bio_ie.text.document import Document, Fact, Mention, Relation
from tests.knowledge.example_kb import write_example_kb


def test_tables_of_ctd(fixtures_folder):
    pairs = list(read_pairs(str(fixtures_folder / "corpora/ctd/chemicals_diseases.tsv")))
    relations = {(head, tail): set() for head, tail, _ in pairs}
    for head, tail, relation in pairs:
        relations[head, tail].add(relation)
    assert relations["MESH:D900101", "MESH:D900003"] == {"chem_disease_therapeutic"}
    assert len(relations["MESH:C900103", "MESH:D900203"]) == 2
    # Inferred rows give no pairs.
    assert ("MESH:D900101", "MESH:C900031") not in relations
    found = list(read_pairs(str(fixtures_folder / "corpora/ctd/pairs.tsv")))
    assert found[0] == ("MESH:D900101", "OMIM:990003", "chem_disease_marker/mechanism")


def test_plain_tables(tmp_path):
    path = tmp_path / "pairs.tsv"
    path.write_text("# head, tail\nMSH:D000001\tD000002\n\nX:1\tX:2\tbinds\n")
    assert list(read_pairs(str(path))) == [
        ("MESH:D000001", "MESH:D000002", ""),
        ("X:1", "X:2", "binds"),
    ]


def test_a_knowledge_base_says_which_ids_are_the_same(tmp_path):
    kb = write_example_kb(tmp_path / "kb.sqlite")
    path = tmp_path / "pairs.tsv"
    path.write_text("01\tX:02\n")
    assert list(read_pairs(str(path), kb)) == [("X:01", "X:02", "")]


def test_corpora_with_facts_and_relations(tmp_path):
    document = Document(
        "d",
        "A b c",
        mentions=[Mention("1", 0, 1, "T", ("X:1", "X:2")), Mention("2", 2, 3, "T", ("X:3",)),
                  Mention("3", 4, 5, "T")],
        relations=[Relation("r", "1", "2"), Relation("r", "1", "3")],
        facts=[Fact("f", "X:4", "X:5")],
    )  # fmt: skip
    path = tmp_path / "corpus.jsonl"
    JsonlFormat().write([document], path)
    pairs = list(read_pairs(f'{{"file": "{path}", "format": "jsonl"}}'))
    assert pairs == [("X:4", "X:5", "f"), ("X:1", "X:3", "r"), ("X:2", "X:3", "r")]


@pytest.mark.parametrize("content", ["X:1\n", "X:1\t\n", "a\tb\tc\td\n"])
def test_lines_that_are_no_pairs_are_named(content, tmp_path):
    path = tmp_path / "pairs.tsv"
    path.write_text("X:1\tX:2\n" + content)
    with pytest.raises(CorpusError, match=r"pairs\.tsv:2: a line must have two ids"):
        list(read_pairs(str(path)))


def test_a_table_without_pairs_and_one_that_is_not_there(tmp_path):
    path = tmp_path / "pairs.tsv"
    path.write_text("# nothing\n")
    with pytest.raises(CorpusError, match="the table has no pairs"):
        list(read_pairs(str(path)))
    with pytest.raises(CorpusError, match=r"none\.tsv"):
        list(read_pairs(str(tmp_path / "none.tsv")))
    with pytest.raises(ConfigurationError, match="neither a file nor JSON"):
        list(read_pairs("{nothing"))
