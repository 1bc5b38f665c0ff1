from dataclasses import replace
from pathlib import Path
from typing import List, Sequence

import pytest

from bio_ie.data.corpora import CorpusFormat
from bio_ie.data.items import document_of_items, entity_items, relation_items
from bio_ie.knowledge import KnowledgeBase, write_knowledge_base
from bio_ie.knowledge.statements import AlternateId, ConceptName
from bio_ie.metrics import BioRelExF1
from bio_ie.metrics.document_scores import DocumentScores, score_documents
from bio_ie.metrics.scored_items import SCORED_ITEMS
from bio_ie.text.document import Document, DocumentError, Fact, Mention, Relation

TEXT = "Ibuprofen eased the fever but caused a rash."
DRUG = Mention("m1", 0, 9, "Drug")
FEVER = Mention("m2", 20, 25, "Effect")
RASH = Mention("m3", 39, 43, "Effect")


def document(identifier: str, mentions: Sequence[Mention] = (DRUG, FEVER, RASH)) -> Document:
    relations = [Relation("causes", "m1", "m3")] if RASH in mentions and DRUG in mentions else []
    return Document(identifier, TEXT, mentions=tuple(mentions), relations=tuple(relations))


def test_items_are_offsets_and_types() -> None:
    assert entity_items(document("d")) == [
        (0, 9, "Drug"),
        (20, 25, "Effect"),
        (39, 43, "Effect"),
    ]
    assert relation_items(document("d")) == [((0, 9, "Drug"), (39, 43, "Effect"), "causes")]
    assert relation_items(document("d"), []) == []


def test_an_undirected_relation_is_one_item_whatever_the_order_of_mentions() -> None:
    twin = Mention("m4", 0, 9, "Acid")
    relation = Relation("same", "m1", "m4", directed=False)
    there = Document("d", TEXT, mentions=(DRUG, twin), relations=(relation,))
    back = Document("d", TEXT, mentions=(twin, DRUG), relations=(relation,))
    assert there.relations != back.relations
    assert relation_items(there) == relation_items(back)


def test_documents_are_matched_by_id_in_any_order() -> None:
    gold = [document("a"), document("b")]
    predicted = [document("b", [DRUG]), document("a")]
    scores = score_documents(predicted, gold)
    assert (scores.documents, scores.missing) == (2, 0)
    assert (scores.entity["correct"], scores.entity["predicted"], scores.entity["gold"]) == (
        4,
        4,
        6,
    )
    assert (scores.relation["correct"], scores.relation["gold"]) == (1, 2)
    assert scores.entity["recall"] == pytest.approx(4 / 6)


def test_a_missing_prediction_counts_as_nothing_found() -> None:
    scores = score_documents([document("a")], [document("a"), document("b")])
    assert (scores.documents, scores.missing) == (2, 1)
    assert (scores.entity["precision"], scores.entity["recall"]) == (1.0, 0.5)


@pytest.mark.parametrize(
    "predicted, gold, reason",
    [
        ([document("a"), document("x")], [document("a")], "'x': .*no annotated document"),
        ([document("a"), document("a")], [document("a")], "'a': .*two predictions"),
        ([document("a")], [document("a"), document("a")], "'a': .*annotated twice"),
        ([replace(document("a"), text=TEXT + " ")], [document("a")], "'a': .*another text"),
    ],
)
def test_documents_that_do_not_belong_together_are_refused(
    predicted: List[Document], gold: List[Document], reason: str
) -> None:
    with pytest.raises(DocumentError, match=reason):
        score_documents(predicted, gold)


def test_items_and_documents_of_them_are_the_same() -> None:
    twin = replace(DRUG, id="m9")  # once is enough
    source = Document(
        "d", TEXT, mentions=(DRUG, RASH, twin), relations=(Relation("causes", "m1", "m3"),) * 2
    )
    made = document_of_items(source, entity_items(source), relation_items(source))
    assert (made.id, made.text) == ("d", TEXT)
    assert entity_items(made) == entity_items(source)[:2]
    assert relation_items(made) == relation_items(source)[:1]


@pytest.fixture
def biorelex(fixtures_folder: Path) -> List[Document]:
    path = fixtures_folder / "corpora" / "biorelex" / "sentences.json"
    return list(CorpusFormat.by_name("biorelex")().read(path))


def shortened(document: Document) -> Document:
    """A document with only its first relations."""
    return replace(document, relations=document.relations[:2], metadata={})


def test_official_score_is_that_of_the_metric(biorelex: List[Document]) -> None:
    predicted = list(map(shortened, biorelex))
    metric = BioRelExF1()
    metric(predicted, biorelex)
    expected = metric.get_metric()
    assert 0 < expected["f1"] < 1
    assert score_documents(reversed(predicted), biorelex).official == expected


def test_official_score_skips_sentences_without_a_prediction_but_not_empty_ones(
    biorelex: List[Document],
) -> None:
    first, *rest = biorelex
    empty = [replace(document, mentions=(), relations=()) for document in rest]
    metric = BioRelExF1()
    metric([first], [first])
    alone = metric.get_metric(reset=True)
    scores = score_documents([first], biorelex)
    assert scores.official == alone
    assert scores.missing == len(rest)
    assert scores.entity["gold"] == sum(len(document.mentions) for document in biorelex)
    metric([first, *empty], biorelex)
    assert score_documents([first, *empty], biorelex).official == metric.get_metric() != alone


def test_official_score_needs_annotations_of_biorelex_and_predictions(
    biorelex: List[Document],
) -> None:
    assert score_documents([document("a")], [document("a")]).official is None
    assert score_documents([], biorelex).official is None
    both = score_documents([document("a"), *biorelex], [document("a"), *biorelex])
    assert both.official == score_documents(biorelex, biorelex).official is not None


def test_facts_and_concepts_count_where_there_are_some_however_ids_are_written() -> None:
    gold = Document(
        "a",
        TEXT,
        mentions=[replace(DRUG, concept_ids=("D007052",)), replace(RASH, concept_ids=("D005076",))],
        facts=[Fact("causes", "D007052", "D005076"), Fact("treats", "D007052", "D005334")],
    )
    predicted = replace(
        gold,
        mentions=(
            replace(DRUG, concept_ids=("MESH:D007052",)),
            replace(RASH, concept_ids=("MESH:D003872",)),
        ),
        facts=(
            Fact("causes", "MESH:D007052", "MESH:D005076", 0.8),
            Fact("causes", "MESH:D005076", "MESH:D007052", 0.7),
        ),
    )
    scores = score_documents([predicted], [gold])
    assert scores.fact is not None
    assert [scores.fact[name] for name in ("correct", "predicted", "gold")] == [1, 2, 2]
    assert scores.linking is not None
    assert [scores.linking[name] for name in ("correct", "predicted", "gold")] == [1, 2, 2]
    assert scores.mention_linking is not None
    assert [scores.mention_linking[name] for name in ("correct", "predicted", "gold")] == [1, 2, 2]
    plain = score_documents([document("a")], [document("a")])
    assert plain.fact is plain.linking is plain.mention_linking is None


def test_a_mention_links_where_it_stands_whatever_its_type() -> None:
    gold = Document("a", TEXT, mentions=[replace(DRUG, concept_ids=("C1", "C2"))])
    same = replace(gold, mentions=(replace(DRUG, type="Other", concept_ids=("C2", "C1")),))
    shorter = replace(gold, mentions=(replace(DRUG, end=DRUG.end - 1, concept_ids=("C1",)),))
    scores = score_documents([same], [gold])
    assert scores.mention_linking is not None
    assert scores.mention_linking["f1"] == scores.by_document["mention_linking"]["a"] == 1.0
    assert scores.mention_linking["typed_f1"] == 0.0
    scores = score_documents([shorter], [gold])
    assert scores.mention_linking is not None
    assert scores.mention_linking["f1"] == 0.0
    assert scores.linking is not None
    assert scores.linking["correct"] == 1.0


def test_a_knowledge_base_says_which_ids_mean_the_same(tmp_path: Path) -> None:
    path = tmp_path / "kb.sqlite"
    statements = [ConceptName("MESH:D1", "rash"), AlternateId("MESH:D1", "OMIM:9")]
    write_knowledge_base(path, {"toy": statements})
    gold = replace(document("a"), facts=(Fact("r", "OMIM:9", "MESH:D2"),))
    predicted = replace(gold, facts=(Fact("r", "MESH:D1", "MESH:D2", 0.9),))
    apart = score_documents([predicted], [gold]).fact
    same = score_documents([predicted], [gold], KnowledgeBase(str(path))).fact
    assert apart is not None
    assert same is not None
    assert (apart["correct"], same["correct"]) == (0, 1)


def test_every_kind_of_items_has_its_scores():
    """`bio-ie score` shows the fields with these names."""
    assert set(SCORED_ITEMS) <= set(DocumentScores._fields)
    scores = score_documents([], [Document("1", "x")])
    assert scores.by_document.keys() == SCORED_ITEMS.keys()


def test_joined_semantic_types_are_sets() -> None:
    text = "alpha beta gamma delta"
    gold = Document(
        "d",
        text,
        mentions=(
            Mention("m1", 0, 5, "T116,T123", ("C1",)),
            Mention("m2", 6, 10, "T116,T123", ("C2",)),
            Mention("m3", 11, 16, "T109"),
            Mention("m4", 17, 22, "a,b"),
        ),
    )
    types = ("T123,T116", "T123", "T109,T116", "b,a")
    predicted = gold.with_changes(
        mentions=tuple(
            replace(mention, type=type_)
            for mention, type_ in zip(gold.mentions, types, strict=True)
        )
    )
    scores = score_documents([predicted], [gold])

    # Right: both types of alpha, one of beta, one of gamma. Only types of UMLS are split.
    names = ("correct", "predicted", "gold")
    assert [scores.entity[name] for name in names] == [4, 6, 6]
    assert [scores.entity[f"boundary_{name}"] for name in names] == [4, 4, 4]
    assert scores.entity["recall/T116"] == 0.5
    assert scores.entity["precision/T116"] == 0.5
    assert scores.entity["f1/T123"] == 1.0
    assert scores.counts_by_document["entity"]["strict"] == {"d": (4, 6, 6)}
    assert scores.mention_linking is not None
    assert [scores.mention_linking[f"typed_{name}"] for name in names] == [3, 3, 4]
    assert [scores.mention_linking[name] for name in names] == [2, 2, 2]
