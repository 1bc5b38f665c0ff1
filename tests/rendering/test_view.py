from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bio_ie.files.corpus_error import CorpusError
from bio_ie.files.failures import Failure
from bio_ie.rendering.view import document_views, judged_view
from bio_ie.text.document import Document, Fact, Mention, Relation

TEXT = "aspirin causes nausea"
DRUG = Mention("T1", 0, 7, "Drug")
EFFECT = Mention("T2", 15, 21, "Effect")


def document(mentions=(), relations=(), facts=(), identifier="d"):
    return Document(
        identifier, TEXT, mentions=tuple(mentions), relations=tuple(relations), facts=tuple(facts)
    )


def verdicts(shown):
    return [(entry.item.id, entry.verdict) for entry in shown]


def test_without_gold_nothing_is_judged():
    (view,) = document_views([document([DRUG])])
    assert verdicts(view.mentions) == [("T1", None)]
    assert view.scores == {}


def test_mentions_match_by_start_end_and_type():
    wrong_type, wrong_end = replace(DRUG, type="Effect"), replace(EFFECT, end=20)
    view = judged_view(document([wrong_type, wrong_end]), document([DRUG, EFFECT]))
    assert [entry.verdict for entry in view.mentions] == ["wrong", "wrong", "missed", "missed"]
    assert [entry.item.type for entry in view.mentions[2:]] == ["Drug", "Effect"]
    assert view.scores["mentions"] == (0, 2, 2)
    assert view.scores["mentions"].f1 == 0


def test_gold_mentions_get_ids_of_their_own_and_missed_relations_follow_them():
    predicted = document([replace(EFFECT, id="T1")])
    gold = document([DRUG, EFFECT], [Relation("causes", "T1", "T2")])
    view = judged_view(predicted, gold)
    assert len({entry.item.id for entry in view.mentions}) == 2
    (relation,) = view.relations
    by_id = {entry.item.id: entry.item for entry in view.mentions}
    assert relation.verdict == "missed"
    assert by_id[relation.item.head].type == "Drug"
    assert by_id[relation.item.tail].type == "Effect"


def test_a_relation_with_a_wrong_argument_is_wrong_and_the_gold_one_missed():
    predicted = document([replace(DRUG, end=5), EFFECT], [Relation("causes", "T1", "T2")])
    view = judged_view(predicted, document([DRUG, EFFECT], [Relation("causes", "T1", "T2")]))
    assert [entry.verdict for entry in view.relations] == ["wrong", "missed"]


def test_direction_counts_only_for_directed_relations():
    mentions = [DRUG, EFFECT]
    for directed, verdict in ((True, "wrong"), (False, "right")):
        predicted = document(mentions, [Relation("r", "T2", "T1", directed=directed)])
        gold = document(mentions, [Relation("r", "T1", "T2", directed=directed)])
        assert judged_view(predicted, gold).relations[0].verdict == verdict


def test_of_duplicates_the_best_scored_is_counted():
    twice = [replace(DRUG, score=0.2), replace(DRUG, id="again", score=0.9)]
    view = judged_view(document(twice), document([DRUG]))
    assert [(entry.verdict, entry.counted) for entry in view.mentions] == [
        ("right", False),
        ("right", True),
    ]
    assert view.scores["mentions"] == (1, 1, 1)


def test_a_relation_is_shown_up_to_the_least_score_of_itself_and_its_mentions():
    mentions = [replace(DRUG, score=0.9), replace(EFFECT, score=0.3)]
    (view,) = document_views([document(mentions, [Relation("causes", "T1", "T2", 0.8)])])
    assert view.relations[0].score == 0.3
    (unscored,) = document_views([document([DRUG, EFFECT], [Relation("causes", "T1", "T2")])])
    assert unscored.relations[0].score is None


def test_facts_match_as_tuples():
    gold = [Fact("treats", "C1", "C2"), Fact("treats", "C1", "C3")]
    predicted = [Fact("treats", "C1", "C2", 0.5), Fact("treats", "C2", "C1", 0.5)]
    view = judged_view(document(facts=predicted), document(facts=gold))
    assert [entry.verdict for entry in view.facts] == ["right", "wrong", "missed"]
    assert view.scores["facts"].precision == view.scores["facts"].recall == 0.5


def test_failures_and_absent_documents_leave_their_gold_missed():
    gold = [document([DRUG], identifier=name) for name in ("failed", "absent")]
    failed, absent = document_views([Failure("failed", "out of memory")], gold)
    assert (failed.error, failed.document.text) == ("out of memory", TEXT)
    assert absent.note is not None
    for view in (failed, absent):
        assert verdicts(view.mentions) == [("T1", "missed")]
        assert view.scores["mentions"] == (0, 0, 1)


def test_a_document_without_gold_is_shown_and_not_scored():
    (view,) = document_views([document([DRUG])], gold=[])
    assert verdicts(view.mentions) == [("T1", None)]
    assert view.scores == {}
    assert view.note is not None


def test_equal_ids_are_paired_in_order():
    first, second = document_views(
        [document([DRUG]), document([EFFECT])], [document([DRUG]), document()]
    )
    assert first.mentions[0].verdict == "right"
    assert second.mentions[0].verdict == "wrong"


def test_different_texts_are_an_error_that_names_the_document():
    with pytest.raises(CorpusError, match=r"'d'.*differs"):
        document_views([document()], [Document("d", TEXT + ".")])


@st.composite
def annotated(draw):
    spans = st.tuples(st.integers(0, 2), st.integers(3, 5), st.sampled_from("AB"))
    mentions = [
        Mention(f"m{i}", *span, score=draw(st.sampled_from([None, 0.2, 0.7])))
        for i, span in enumerate(draw(st.lists(spans, max_size=6)))
    ]
    relations = []
    if mentions:
        ids = st.sampled_from([mention.id for mention in mentions])
        for _ in range(draw(st.integers(0, 5))):
            type_ = draw(st.sampled_from("RS"))
            # Whether a relation has a direction depends on its type.
            relations.append(Relation(type_, draw(ids), draw(ids), directed=type_ == "R"))
    return document(mentions, relations)


def naive_relations(document):
    mentions = {m.id: (m.start, m.end, m.type) for m in document.mentions}
    result = set()
    for relation in document.relations:
        pair = [mentions[relation.head], mentions[relation.tail]]
        result.add((relation.type, *(pair if relation.directed else sorted(pair))))
    return result


@given(annotated(), annotated())
def test_counts_and_verdicts_agree_with_sets(predicted, gold):
    view = judged_view(predicted, gold)
    cases = {
        "mentions": [{(m.start, m.end, m.type) for m in d.mentions} for d in (predicted, gold)],
        "relations": [naive_relations(d) for d in (predicted, gold)],
    }
    for kind, (ours, theirs) in cases.items():
        assert view.scores[kind] == (len(ours & theirs), len(ours), len(theirs))
        counted = [entry.verdict for entry in getattr(view, kind) if entry.counted]
        assert counted.count("right") == len(ours & theirs)
        assert counted.count("wrong") == len(ours - theirs)
        assert counted.count("missed") == len(theirs - ours)
        ids = {entry.item.id for entry in view.mentions}
        assert all({e.item.head, e.item.tail} <= ids for e in view.relations)
