import pytest

from bio_ie.annotation.merging import merged
from bio_ie.text.document import Document, Fact, Mention, Relation

TEXT = "Aspirin and ibuprofen cause rash."
ASPIRIN = Mention("T1", 0, 7, "Drug", score=0.9, metadata={"step": "ner"})
RASH = Mention("T2", 28, 32, "Effect")


@pytest.fixture
def document():
    return Document(
        "d", TEXT, mentions=(ASPIRIN, RASH), relations=(Relation("causes", "T1", "T2"),)
    )


def found(*mentions, **more):
    return Document("d", TEXT, mentions=mentions, **more)


def test_new_mentions_get_the_step_and_ids_of_their_own(document):
    new = Mention("T1", 12, 21, "Drug", ("X:2",), score=0.5)
    result, added = merged(document, found(new), "dictionary")
    assert result.mentions[:2] == (ASPIRIN, RASH)
    (mention,) = result.mentions[2:]
    assert mention.id not in ("T1", "T2")
    assert (mention.span, mention.concept_ids, mention.score) == ((12, 21), ("X:2",), 0.5)
    assert mention.metadata == {"step": "dictionary"}
    assert added == {"mentions": 1, "links": 1, "relations": 0, "facts": 0}


def test_mention_with_the_same_place_and_type_is_the_same_one(document):
    linked = Mention("M7", 0, 7, "Drug", ("X:1",), score=0.4)
    result, added = merged(document, found(linked), "linker")
    assert len(result.mentions) == 2
    assert result.mentions[0].id == "T1"
    assert result.mentions[0].concept_ids == ("X:1",)
    assert result.mentions[0].score == 0.9
    assert result.mentions[0].metadata == {"step": "ner", "linked_by": "linker", "link_score": 0.4}
    assert added["mentions"] == 0
    assert added["links"] == 1


def test_mention_of_another_type_is_another_one(document):
    result, _ = merged(document, found(Mention("M7", 0, 7, "Chemical")), "other")
    assert [(m.span, m.type) for m in result.mentions] == [
        ((0, 7), "Drug"),
        ((28, 32), "Effect"),
        ((0, 7), "Chemical"),
    ]


def test_links_of_earlier_steps_are_kept_in_the_metadata(document):
    first, _ = merged(document, found(Mention("a", 0, 7, "Drug", ("X:1",), score=0.4)), "one")
    second, _ = merged(first, found(Mention("a", 0, 7, "Drug", ("X:2",), score=0.7)), "two")
    third, _ = merged(second, found(Mention("a", 0, 7, "Drug", ("X:3",))), "three")
    mention = third.mentions[0]
    assert mention.concept_ids == ("X:3",)
    assert mention.metadata == {
        "step": "ner",
        "linked_by": "three",
        "earlier_links": [
            {"concept_ids": ["X:1"], "score": 0.4, "step": "one"},
            {"concept_ids": ["X:2"], "score": 0.7, "step": "two"},
        ],
    }


def test_step_that_links_nothing_changes_no_links(document):
    first, _ = merged(document, found(Mention("a", 0, 7, "Drug", ("X:1",), score=0.4)), "one")
    second, added = merged(first, found(Mention("a", 0, 7, "Drug")), "two")
    assert second.mentions == first.mentions
    assert added["links"] == 0


def test_each_of_two_equal_mentions_is_matched_once():
    twins = (Mention("A", 0, 7, "Drug"), Mention("B", 0, 7, "Drug"))
    linked = (Mention("x", 0, 7, "Drug", ("X:1",)), Mention("y", 0, 7, "Drug", ("X:2",)))
    result, _ = merged(found(*twins), found(*linked), "linker")
    assert [(m.id, m.concept_ids) for m in result.mentions] == [("A", ("X:1",)), ("B", ("X:2",))]


def test_relations_and_facts_are_added_between_the_right_mentions(document):
    ibuprofen = Mention("T1", 12, 21, "Drug")
    rash = Mention("T2", 28, 32, "Effect")
    fact = Fact("CID", "X:1", "X:3", score=0.6)
    relation = Relation("causes", "T1", "T2", score=0.8)
    result, added = merged(
        document, found(ibuprofen, rash, relations=(relation,), facts=(fact,)), "second"
    )
    by_id = result.mention_by_id()
    assert result.relations[0] == document.relations[0]
    new = result.relations[1]
    assert (by_id[new.head].span, by_id[new.tail].span) == ((12, 21), (28, 32))
    assert (new.score, new.metadata) == (0.8, {"step": "second"})
    assert result.facts == (Fact("CID", "X:1", "X:3", 0.6, {"step": "second"}),)
    assert (added["relations"], added["facts"]) == (1, 1)


def test_metadata_of_the_document_is_added(document):
    before = document.with_changes(metadata={"year": 1999})
    result, _ = merged(before, found().with_changes(metadata={"predicted_pairs": []}), "s")
    assert result.metadata == {"year": 1999, "predicted_pairs": []}
