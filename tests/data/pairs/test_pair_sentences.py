import gzip
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bio_ie.data.pairs.entity_sentence import EntityMention, EntitySentence
from bio_ie.data.pairs.pair_sentences import PairSentencesFormat, parse_sentence, sentence_to_json
from bio_ie.files.corpus_error import CorpusError
from tests.data.corpora.broken_files import broken_files, check_only_corpus_errors, steady

GOOD = {"id": "1", "words": ["A", "b"], "entities": [[0, 1, "T", "X:1"]]}
WORD = st.text(min_size=1, max_size=5).filter(lambda word: word.strip())


@pytest.fixture
def file(fixtures_folder):
    return fixtures_folder / "corpora/pair_sentences/sentences.jsonl"


def test_lines_are_sentences(file):
    first, second, third = PairSentencesFormat().sentences(str(file))
    assert first.id == "940001:0"
    assert first.mentions[1] == EntityMention(2, 4, "DISEASE", "MESH:D900202")
    assert second.mentions[3] == EntityMention(9, 10, "GENE", "")
    assert first.written == "Zelorvine caused wandering ache ."
    assert len(third.mentions) == 3


def test_lines_are_documents_of_a_corpus_too(file):
    first, second, _ = PairSentencesFormat().read(file)
    assert [first.text[start:end] for start, end in first.tokens] == first.text.split()
    assert [(first.text_of(m), m.type, m.concept_ids) for m in first.mentions] == [
        ("Zelorvine", "CHEMICAL", ("MESH:D900101",)),
        ("wandering ache", "DISEASE", ("MESH:D900202",)),
    ]
    assert second.mentions[3].concept_ids == ()
    assert second.sentences == ((0, len(second.text)),)


@given(
    st.lists(WORD, min_size=1, max_size=6).flatmap(
        lambda words: st.builds(
            EntitySentence,
            st.text(max_size=5),
            st.just(words),
            st.lists(
                st.tuples(st.integers(0, len(words) - 1), WORD, st.text(max_size=3)).map(
                    lambda item: EntityMention(item[0], item[0] + 1, item[1], item[2])
                ),
                max_size=3,
            ),
        )
    )
)
def test_what_is_written_is_read_again(sentence):
    try:
        line = sentence_to_json(sentence)
        line.encode("utf-8")
    except UnicodeEncodeError:  # a surrogate that stands alone
        return
    assert parse_sentence(line) == sentence


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"id": 1}, "'id' must be a string: 1"),
        ({"words": []}, "'words' must be a list of strings"),
        ({"words": ["a", 1]}, "'words' must be a list of strings"),
        ({"words": ["a", " "]}, "a word is blank"),
        ({"entities": None}, "'entities' must be a list"),
        ({"entities": [[0, 1]]}, "an entity is"),
        ({"entities": [[0, 3, "T"]]}, "an entity is outside the words"),
        ({"entities": [[1, 1, "T"]]}, "an entity is outside the words"),
        ({"entities": [[True, 1, "T"]]}, "an entity is outside the words"),
        ({"entities": [[0, 1, ""]]}, "type and identifier of an entity must be strings"),
        ({"entities": [[0, 1, "T", None]]}, "type and identifier of an entity must be strings"),
    ],
)
def test_a_bad_line_is_named_or_skipped(change, reason, tmp_path):
    path = tmp_path / "bad.jsonl"
    path.write_text(json.dumps(GOOD) + "\n" + json.dumps({**GOOD, **change}) + "\n")
    with pytest.raises(CorpusError, match=rf"bad\.jsonl:2: {reason}"):
        list(PairSentencesFormat().sentences(str(path)))
    assert len(list(PairSentencesFormat("skip").sentences(str(path)))) == 1


def test_files_that_break_off_or_are_empty_are_errors(tmp_path):
    path = tmp_path / "pairs.jsonl.gz"
    path.write_bytes(gzip.compress((json.dumps(GOOD) + "\n").encode() * 2000)[:-20])
    with pytest.raises(CorpusError, match="broken gzip"):
        list(PairSentencesFormat().sentences(str(path)))
    assert list(PairSentencesFormat("skip").sentences(str(path)))
    (tmp_path / "empty.jsonl").write_text("\n")
    with pytest.raises(CorpusError, match="no sentence in it"):
        list(PairSentencesFormat().sentences(str(tmp_path / "empty.jsonl")))


@steady
@given(broken_files((json.dumps(GOOD) + "\n").encode()))
def test_broken_files_are_read_or_refused(content):
    check_only_corpus_errors({"type": "pair_sentences"}, {"pairs.jsonl": content})
