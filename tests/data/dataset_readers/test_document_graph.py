from typing import Any, Dict, List, Optional

import pytest
from allennlp.common import Params
from allennlp.common.checks import ConfigurationError
from allennlp.data import DatasetReader, Instance

from bio_ie.data.dataset_readers import DocumentGraphReader
from bio_ie.knowledge import KnowledgeBase
from bio_ie.text.document import Document, Fact, Mention

TEXT = "Zelorvine-induced rash. Liver failure followed zelorvine."


def document(**changes: Any) -> Document:
    parts: Dict[str, Any] = {
        "mentions": [
            Mention("1", 0, 9, "Chemical", ("X:C1",)),
            Mention("2", 18, 22, "Disease", ("X:D1", "X:D2")),
            Mention("3", 24, 37, "Disease", ("X:D2",)),
            Mention("4", 30, 37, "Disease"),
        ],
        "facts": [Fact("causes", "X:C1", "X:D2"), Fact("causes", "X:C1", "X:nowhere")],
    }
    return Document("a", TEXT, **{**parts, **changes})


def build(facts_kb: Any, **changes: Any) -> DocumentGraphReader:
    kb = {"path": str(facts_kb)}
    params: Dict[str, Any] = {
        "type": "document_graph",
        "token_indexers": {"tokens": {"type": "single_id"}},
        "kb": kb,
        "candidate_generator": {"type": "tfidf", "kb": dict(kb), "k": 3, "num_threads": 1},
        **changes,
    }
    reader = DatasetReader.from_params(Params(params))
    assert isinstance(reader, DocumentGraphReader)
    return reader


def read(
    reader: DocumentGraphReader, doc: Optional[Document] = None, labelled: bool = True
) -> Instance:
    (instance,) = reader.document_to_instances(doc or document(), labelled=labelled)
    return instance


def links(instance: Instance) -> List[Any]:
    graph = instance["graph"]
    return [(link.mention, graph.entities[link.entity], link.given) for link in graph.links]


def test_each_mention_has_its_candidates(facts_kb: Any) -> None:
    instance = read(build(facts_kb, tokenizer={"type": "scispacy_rules", "split_signs": "-"}))
    graph = instance["graph"]
    words = [token.text for token in instance["words"]]
    assert [words[first : last + 1] for first, last in graph.mentions] == [
        ["Zelorvine"],
        ["rash"],
        ["Liver", "failure"],
        ["failure"],
    ]
    of_first = [entity for mention, entity, _ in links(instance) if mention == 0]
    assert of_first[0] == "X:C1"
    assert len(of_first) == 3
    assert not any(given for _, _, given in links(instance))
    assert len(set(graph.entities)) == len(graph.entities)
    types = KnowledgeBase(str(facts_kb)).semantic_types(graph.entities)
    assert [types[entity] for entity in graph.entities] == list(graph.types)
    scores = [link.score for link in graph.links if link.mention == 0]
    assert scores == sorted(scores, reverse=True)
    assert scores[0] == pytest.approx(1, abs=1e-6)


def test_reading_looks_up_the_names_of_several_documents_at_once(
    facts_kb: Any, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader, alone = build(facts_kb), build(facts_kb)
    other = Document("b", "Liver rash.", mentions=[Mention("1", 0, 10, "Disease")])
    documents = [document(), other, document(), other]
    monkeypatch.setattr(reader, "read_documents", lambda _: iter(documents))
    asked: List[int] = []
    generator = reader._candidate_generator
    assert generator is not None
    generate = generator._generate
    monkeypatch.setattr(generator, "_generate", lambda q: (asked.append(len(q)), generate(q))[1])
    instances = list(reader.read("anything"))
    assert asked == [5]
    for instance, one in zip(instances, documents, strict=True):
        assert links(instance) == links(read(alone, one))


def test_labels_are_what_lies_between_entities_and_gold_is_all(facts_kb: Any) -> None:
    reader = build(facts_kb)
    instance = read(reader)
    graph, metadata = instance["graph"], instance["metadata"]
    named = [(graph.entities[h], r, graph.entities[t]) for h, r, t in graph.facts]
    assert named == [("X:C1", "causes", "X:D2")]
    assert {graph.entities[place] for place in graph.gold_entities} == {"X:C1", "X:D2"}
    assert [tuple(fact) for fact in metadata["gold_facts"]] == [
        ("X:C1", "X:D2", "causes"),
        ("X:C1", "X:nowhere", "causes"),
    ]
    assert set(metadata["gold_links"]) == {
        ("X:C1", "Chemical"),
        ("X:D1", "Disease"),
        ("X:D2", "Disease"),
    }
    assert reader.losses["facts of an entity that no mention may name"] == 1


def test_mentions_may_supervise_entities_too(facts_kb: Any) -> None:
    graph = read(build(facts_kb, entity_supervision="mentions"))["graph"]
    known = {graph.entities[place] for place in graph.gold_entities}
    assert known == {"X:C1", "X:D1", "X:D2"}


def test_without_labels_nothing_of_them_is_there(facts_kb: Any) -> None:
    instance = read(build(facts_kb), labelled=False)
    assert instance["graph"].facts is None
    assert "gold_facts" not in instance["metadata"]


def test_links_are_given_by_mode_and_type(facts_kb: Any) -> None:
    linked = read(build(facts_kb, links="linked", candidate_generator=None))
    assert links(linked) == [
        (0, "X:C1", True),
        (1, "X:D1", True),
        (1, "X:D2", True),
        (2, "X:D2", True),
    ]
    mixed = read(build(facts_kb, links={"Chemical": "linked", "*": "top_candidate"}))
    assert links(mixed)[0] == (0, "X:C1", True)
    assert [mention for mention, _, _ in links(mixed)] == [0, 1, 2, 3]
    half = read(build(facts_kb, links={"Disease": "candidates", "Chemical": "linked"}))
    assert {given for mention, _, given in links(half) if mention == 0} == {True}
    assert {given for mention, _, given in links(half) if mention > 0} == {False}


def test_given_links_need_no_candidates(facts_kb: Any) -> None:
    assert build(facts_kb, links="linked")._candidate_generator is None
    assert build(facts_kb, links={"Disease": "linked", "*": "candidates"})._candidate_generator


def test_a_link_that_the_knowledge_base_lacks_is_counted(facts_kb: Any) -> None:
    reader = build(facts_kb, links="linked")
    strange = document(mentions=[Mention("1", 0, 9, "Chemical", ("X:unheard_of",))], facts=[])
    assert links(read(reader, strange)) == []
    assert reader.losses["links to concepts that the knowledge base lacks"] == 1


def test_ids_of_any_spelling_are_one_concept(tmp_path: Any) -> None:
    from bio_ie.knowledge import write_knowledge_base
    from bio_ie.knowledge.statements import AlternateId, ConceptName, ConceptType

    path = tmp_path / "kb.sqlite"
    statements = [
        ConceptName("MESH:D900201", "rash"),
        ConceptType("MESH:D900201", "Disease"),
        AlternateId("MESH:D900201", "OMIM:9"),
    ]
    write_knowledge_base(path, {"toy": statements})
    reader = build(path, links="linked", candidate_generator=None)
    mentions = [Mention("1", 18, 22, "Disease", ("D900201",))]
    facts = [Fact("r", "OMIM:9", "D900201"), Fact("r", "D900201", "MESH:D900201")]
    instance = read(reader, document(mentions=mentions, facts=facts))
    assert instance["graph"].entities == ["MESH:D900201"]
    assert instance["graph"].facts == [(0, "r", 0)]
    assert instance["metadata"]["gold_links"] == [("MESH:D900201", "Disease")]


def test_what_is_too_much_is_counted_and_stays_gold(facts_kb: Any) -> None:
    reader = build(facts_kb, max_mentions=1)
    instance = read(reader)
    assert len(instance["graph"].mentions) == 1
    assert reader.losses["mentions beyond max_mentions were left out"] == 3
    assert len(instance["metadata"]["mentions"]) == 4
    assert len(instance["metadata"]["gold_facts"]) == 2
    reader = build(facts_kb, max_words=3)
    instance = read(reader)
    assert len(instance["words"]) == 3
    assert reader.losses["words beyond max_words were left out"] > 0
    assert reader.losses["mentions beyond max_words were left out"] == 2
    assert instance["metadata"]["mention_places"] == [0, 1]


def test_a_document_may_name_nothing(facts_kb: Any) -> None:
    instance = read(build(facts_kb), document(mentions=[], facts=[]))
    graph = instance["graph"]
    assert (graph.mentions, graph.entities, graph.links, graph.facts) == ([], [], [], [])


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"links": "linker"}, "is not one of"),
        ({"links": {"*": "best"}}, "is not one of"),
        ({"candidate_generator": None}, "need a candidate_generator"),
        ({"entity_supervision": "all"}, "must be 'facts' or 'mentions'"),
        ({"max_mentions": 0}, "must be positive"),
    ],
)
def test_wrong_settings_are_refused(facts_kb: Any, changes: Dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        build(facts_kb, **changes)


def test_a_type_without_mode_is_an_error(facts_kb: Any) -> None:
    with pytest.raises(ConfigurationError, match="no mode for mentions of type 'Chemical'"):
        read(build(facts_kb, links={"Disease": "linked"}))
