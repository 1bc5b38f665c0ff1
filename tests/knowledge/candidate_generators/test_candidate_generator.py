"""The contract of all candidate generators."""

import copy
import inspect
import json
import multiprocessing
import pickle
import re
from pathlib import Path

import _jsonnet
import pytest
from allennlp.common import Params
from allennlp.common.checks import ConfigurationError

from bio_ie.knowledge.candidate_generators import Candidate, CandidateGenerator
from bio_ie.knowledge.candidate_generators import candidate_generator as module
from bio_ie.text.document import Document, Mention

TEXT = "Seizures after methamphetamine (METH)-induced toxicity. METH was withdrawn."


def build(settings, kb):
    """A candidate generator that is built from a config, as in an experiment."""
    snippet = f"{settings} + {{ kb: {{ path: {json.dumps(kb.path)} }} }}"
    return CandidateGenerator.from_params(
        Params(json.loads(_jsonnet.evaluate_snippet("", snippet)))
    )


SETTINGS = [
    '{ type: "exact" }',
    '{ type: "exact", k: 3, stem: true, semantic_types: { Disease: ["Disease"] } }',
    '{ type: "tfidf" }',
    '{ type: "tfidf", k: 3, num_threads: 2, semantic_types: { Disease: ["Disease"] } }',
]


@pytest.fixture(params=SETTINGS)
def generator(request, indexed_kb):
    return build(request.param, indexed_kb)


def test_documentation_lists_every_generator_and_its_settings():
    page = Path(__file__).parents[3] / "docs" / "knowledge.md"
    cells = [line.split("|")[1:-1] for line in page.read_text("utf-8").splitlines() if "|" in line]
    documented = {
        re.sub(r"[` ]", "", row[0]): re.findall(r"`(\w+)`|(all)", row[1]) for row in cells if row
    }
    for name in CandidateGenerator.list_available():
        assert name in documented
        parameters = inspect.signature(CandidateGenerator.by_name(name).__init__).parameters
        expected = set(parameters) - {"self"}
        of_name = {
            setting for setting, of in documented.items() if (name, "") in of or ("", "all") in of
        }
        assert expected <= of_name, name


QUERIES = ["Seizures", "seizure", "cold", "methamphetamine", "", "()", "Seizures", "zzqq"]


def test_candidates_are_in_order_and_distinct(generator):
    for candidates in generator.generate(QUERIES):
        assert candidates == sorted(candidates, key=lambda item: (-item.score, item.concept_id))
        assert len({item.concept_id for item in candidates}) == len(candidates) <= generator.k
        assert all(isinstance(item, Candidate) and 0 < item.score <= 1 for item in candidates)


def test_batch_order_and_repetition_do_not_matter(generator):
    together = generator.generate(QUERIES)
    fresh = pickle.loads(pickle.dumps(generator))
    assert [fresh.generate([text])[0] for text in reversed(QUERIES)] == together[::-1]
    assert generator.generate(QUERIES) == together


def test_nothing_is_like_nothing(generator):
    assert generator.generate(["", "()", "\n"]) == [[], [], []]
    assert generator.generate([]) == []
    assert generator.generate([], []) == []


def test_result_can_be_changed_without_harm(generator):
    before = generator.generate(["cold"])[0]
    generator.generate(["cold"])[0].clear()
    assert generator.generate(["cold", "cold"]) == [before, before]


def test_types_must_be_as_many_as_texts(generator):
    with pytest.raises(ValueError, match="2 texts, but 1 types"):
        generator.generate(["a", "b"], ["Disease"])


def test_copies_leave_open_files_behind(generator):
    expected = generator.generate(QUERIES)
    for other in (copy.deepcopy(generator), pickle.loads(pickle.dumps(generator))):
        assert len(pickle.dumps(other)) < 2000
        assert other.generate(QUERIES) == expected


def test_works_in_a_forked_process_after_use(generator):
    expected = generator.generate(QUERIES)
    new = ["epileptic fit", "amphetamines"]
    with multiprocessing.get_context("fork").Pool(2) as pool:
        found = pool.map_async(generator.generate, [[*QUERIES, *new]] * 2).get(timeout=60)
    assert found == [[*expected, *generator.generate(new)]] * 2


def test_cache_is_bounded(generator, monkeypatch):
    monkeypatch.setattr(module, "CACHED_QUERIES", 4)
    expected = {text: generator.generate([text])[0] for text in QUERIES}
    assert len(generator._cache) + len(generator._older) <= 4
    assert generator.generate(QUERIES) == [expected[text] for text in QUERIES]
    assert len(generator._cache) + len(generator._older) <= 4


def test_what_is_asked_for_often_stays_in_the_cache(generator, monkeypatch):
    monkeypatch.setattr(module, "CACHED_QUERIES", 8)
    expected = generator.generate(["cold"])
    asked = []
    generate = generator._generate

    def counted(queries):
        asked.extend(text for text, _ in queries)
        return generate(queries)

    monkeypatch.setattr(generator, "_generate", counted)
    for number in range(40):
        generator.generate([f"name {number}"])
        assert generator.generate(["cold"]) == expected
    assert "cold" not in asked
    assert len(asked) == 40


@pytest.fixture
def document():
    starts = [TEXT.index("METH"), TEXT.rindex("METH"), 0]
    mentions = [Mention(f"T{n}", start, start + 4, "Drug") for n, start in enumerate(starts[:2])]
    return Document("1", TEXT, mentions=(*mentions, Mention("T9", 0, 8, "Disease")))


def test_abbreviations_of_a_document_are_expanded(generator, document):
    other = Document("2", "METH", mentions=(Mention("T1", 0, 4, "Drug"),))
    expanded, (alone,), none = generator.generate_for_documents(
        [document, other, Document("3", "no mention")]
    )
    assert [candidates[0].concept_id for candidates in expanded] == ["X:01", "X:01", "X:03"]
    assert "X:01" not in [candidate.concept_id for candidate in alone if candidate.score == 1]
    assert none == []


@pytest.mark.parametrize("type_", ["exact", "tfidf"])
def test_abbreviations_stay_as_they_are_where_that_was_chosen(type_, document, indexed_kb):
    generator = build(f'{{ type: "{type_}", expand_abbreviations: false }}', indexed_kb)
    (found,) = generator.generate_for_documents([document])
    assert found[0] == generator.generate(["METH"])[0]


@pytest.mark.parametrize("type_", ["exact", "tfidf"])
@pytest.mark.parametrize(
    "settings, message",
    [
        ("k: 0", "k must be positive"),
        ("semantic_types: { Disease: [] }", "'Disease' needs a list"),
    ],
)
def test_wrong_settings_are_configuration_errors(type_, settings, message, indexed_kb):
    with pytest.raises(ConfigurationError, match=message):
        build(f'{{ type: "{type_}", {settings} }}', indexed_kb)


@pytest.mark.parametrize("type_", ["exact", "tfidf"])
def test_semantic_types_hold_for_their_mention_type(type_, indexed_kb):
    settings = f'{{ type: "{type_}", k: 1, semantic_types: {{ Sign: ["Finding"] }} }}'
    generator = build(settings, indexed_kb)
    found = generator.generate(["Cold"] * 3, ["Sign", "Disease", None])
    # Candidates are filtered before they are cut to k: the first of all names is not a finding.
    assert [item.concept_id for (item,) in found] == ["X:07", "X:06", "X:06"]
