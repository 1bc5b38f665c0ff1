import pytest

from benchmarks.candidate_recall import main, recall, with_ids
from benchmarks.million_names import generated_names
from benchmarks.million_names import main as million_names
from bio_ie.knowledge.candidate_generators import Candidate
from bio_ie.knowledge.tfidf_index import build_tfidf_index
from bio_ie.text.document import Document, Mention
from tests.knowledge.example_kb import write_example_kb

PUBTATOR = (
    "1|t|Seizures of cold\n1|a|None.\n1\t0\t8\tSeizures\tDisease\tX:03\n"
    "1\t12\t16\tcold\tDisease\tX:06|X:07\n1\t17\t21\tNone\tDisease\t-1\n\n"
)


@pytest.fixture
def kb(tmp_path):
    return write_example_kb(tmp_path / "kb.sqlite")


def mention(*concept_ids, type="Disease"):
    return Mention(f"T{concept_ids}", 0, 1, type, concept_ids=concept_ids)


def test_recall_counts_mentions_with_an_id_and_one_id_of_a_composite_is_enough(kb):
    mentions = (mention("X:03"), mention("X:06", "X:99"), mention("X:99"), mention())
    (document,) = with_ids([Document("1", "text", mentions=mentions)])
    assert len(document.mentions) == 3
    others = [Candidate(f"Y:{number}", 1.0) for number in range(4)]
    found = [[[Candidate("X:03", 1.0)], [*others, Candidate("X:06", 0.5)], others]]
    total, values = recall(kb, [document], found)["Disease"]
    assert total == 3
    assert values == pytest.approx([1 / 3, 2 / 3, 2 / 3, 2 / 3, 2 / 3])
    assert recall(kb, [document], found, all_ids=True)["all"][1] == pytest.approx([1 / 3] * 5)


def test_command_prints_a_table_and_speeds(kb, tmp_path, capsys):
    build_tfidf_index(kb)
    (tmp_path / "corpus").write_text(PUBTATOR)
    main([kb.path, str(tmp_path / "corpus"), "--semantic-types", '{"Disease": ["Disease"]}'])
    printed = capsys.readouterr().out
    assert "| Disease | 2 | 1.000 | 1.000 |" in printed
    assert "2 mentions once expanded: " in printed


def test_ranks_are_those_that_were_asked_for(kb, tmp_path, capsys):
    build_tfidf_index(kb)
    (tmp_path / "corpus").write_text(PUBTATOR)
    main([kb.path, str(tmp_path / "corpus"), "--ranks", "1", "100"])
    assert "| type | mentions | recall@1 | recall@100 |" in capsys.readouterr().out


def test_generated_names_are_the_same_each_time_and_mostly_different():
    names = list(generated_names(2000))
    assert names == list(generated_names(2000))
    assert len(set(names)) > 1900


def test_million_names_with_fewer(capsys):
    million_names(["--names", "200", "--queries", "10"])
    assert "index of 200 names" in capsys.readouterr().out
