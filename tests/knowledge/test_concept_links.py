import pytest

from bio_ie.knowledge import KnowledgeBase, write_knowledge_base
from bio_ie.knowledge.concept_links import ConceptLinks, vocabulary_id
from bio_ie.knowledge.statements import AlternateId, ConceptName
from bio_ie.text.document import Document, Mention


@pytest.mark.parametrize(
    "concept_id, mention_type, expected",
    [
        ("D012640", "Disease", "MESH:D012640"),
        ("C000594743", "", "MESH:C000594743"),
        ("MSH:D012640", "Disease", "MESH:D012640"),
        ("C0036572", "T047", "C0036572"),  # a CUI
        ("35225(Tax:7227)", "Gene", "NCBIGene:35225"),
        ("35225", "GeneOrGeneProduct", "NCBIGene:35225"),
        ("9606", "Species", "9606"),
        ("OMIM:100050", "Disease", "OMIM:100050"),
    ],
)
def test_ids_get_the_prefix_of_their_vocabulary_where_it_is_known(
    concept_id, mention_type, expected
):
    assert vocabulary_id(concept_id, mention_type) == expected


def linked(*links):
    mentions = [Mention(f"T{i}", 0, 1, type_, ids) for i, (type_, ids) in enumerate(links)]
    return Document("1", "x", mentions=tuple(mentions))


def test_concepts_are_found_however_they_are_written():
    document = linked(
        ("Disease", ("D000001", "MESH:D000002")), ("Gene", ("100050",)), ("Species", ("9606",))
    )
    links = ConceptLinks(document)
    for concept_id in ("D000001", "MESH:D000001", "D000002", "NCBIGene:100050", "100050"):
        assert concept_id in links
    for concept_id in ("MESH:D000003", "OMIM:100050", "NCBIGene:9606", "MESH:C000001"):
        assert concept_id not in links
    assert links.written("MESH:D000001") == "D000001"
    assert links.written("NCBIGene:100050") == "100050"
    assert links.written("MESH:D000003") == "MESH:D000003"


def test_concepts_are_found_by_any_id_that_the_knowledge_base_has(tmp_path):
    statements = [
        ConceptName("MESH:D000001", "a"),
        AlternateId("MESH:D000001", "OMIM:100050"),
        ConceptName("MESH:D000002", "b"),
    ]
    write_knowledge_base(tmp_path / "kb.sqlite", {"x": statements})
    kb = KnowledgeBase(str(tmp_path / "kb.sqlite"))
    links = ConceptLinks(linked(("Disease", ("D000001",))), kb)
    assert "OMIM:100050" in links
    assert "OMIM:100050" not in ConceptLinks(linked(("Disease", ("D000001",))))
    assert "MESH:D000001" in ConceptLinks(linked(("Disease", ("OMIM:100050",))), kb)
    assert links.written("OMIM:100050") == "OMIM:100050"
    assert links.keys("OMIM:100050") == {"OMIM:100050", "MESH:D000001"}
    # A number without a prefix does not count as the id of a disease.
    assert "MESH:D000001" not in ConceptLinks(linked(("Species", ("100050",))), kb)


def test_mentions_of_a_concept_are_in_the_order_of_the_document():
    ids = [("D000001",), ("D000002",), ("MESH:D000001", "D000001", "D000002")]
    links = ConceptLinks(linked(*(("Disease", of_one) for of_one in ids)))
    found = {id: [mention.id for mention in links.mentions(id)] for id in ("D000001", "D000002")}
    assert found == {"D000001": ["T0", "T2"], "D000002": ["T1", "T2"]}
    assert links.mentions("MESH:D000001") == links.mentions("D000001")
    assert links.mentions("D000003") == []
