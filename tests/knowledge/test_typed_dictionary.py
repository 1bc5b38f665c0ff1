import pytest
from allennlp.common.checks import ConfigurationError

from bio_ie.knowledge.typed_dictionary import OTHER, TypedDictionary
from tests.knowledge.example_kb import EXAMPLE, write_example_kb

TYPES = {"GENE": ["Gene"], "DISEASE": ["Disease"], "CHEMICAL": ["Chemical", "Drug"]}
CONCEPTS = {
    **EXAMPLE,
    "X:20": ("Gene", ["CAT"]),
    "X:21": ("Organism", ["Cat"]),
    "X:22": ("Organism", ["Mouse"]),
    "X:23": ("Phenomenon", ["Methamphetamine resistance"]),
    "X:24": ("Drug", ["Seizures"]),
    "X:25": ("Gene", ["Amphetamine"]),
    "X:00": ("Drug", ["Ephedrine"]),
    "X:26": ("Chemical", ["Ephedrine"]),
}


@pytest.fixture
def dictionary(tmp_path):
    return TypedDictionary(write_example_kb(tmp_path / "kb.sqlite", CONCEPTS), TYPES)


def named(dictionary, text):
    (matches,) = dictionary.match([text])
    return [(text[match.start : match.end], match.concepts) for match in matches]


def test_names_have_the_type_of_their_concept(dictionary):
    text = "Methamphetamine (METH) and a mouse: METH causes epilepsy."
    assert named(dictionary, text) == [
        ("Methamphetamine", {"CHEMICAL": ("X:01",)}),
        ("METH", {"CHEMICAL": ("X:01",)}),
        ("METH", {"CHEMICAL": ("X:01",)}),
        ("epilepsy", {"DISEASE": ("X:04",)}),
    ]


def test_a_longer_name_of_something_else_hides_shorter_ones(dictionary):
    assert named(dictionary, "Methamphetamine resistance") == []


def test_ambiguous_names_have_all_their_types(dictionary):
    assert named(dictionary, "seizures of a cat") == [
        ("seizures", {"CHEMICAL": ("X:24",), "DISEASE": ("X:03",)}),
        ("cat", {"GENE": ("X:20",), OTHER: ("X:21",)}),
    ]
    (matches,) = dictionary.match(["seizures of epilepsy"])
    assert [match.type for match in matches] == [None, "DISEASE"]


def test_abbreviations_are_those_of_the_document(dictionary):
    context = "Methamphetamine (METH) was given. METH was stopped."
    (alone,) = dictionary.match(["METH was stopped."])
    (known,) = dictionary.match(["METH was stopped."], [context])
    assert (len(alone), len(known)) == (0, 1)


def test_identifiers_are_looked_up_by_type(dictionary):
    found = dictionary.concepts("", ["seizures", "seizures", "cat", "nothing"],
                                ["DISEASE", "CHEMICAL", "DISEASE", "GENE"])  # fmt: skip
    assert found == [("X:03",), ("X:24",), (), ()]


def test_concepts_of_a_name_are_those_of_the_earliest_semantic_type(dictionary):
    assert named(dictionary, "ephedrine") == [("ephedrine", {"CHEMICAL": ("X:26",)})]
    assert dictionary.concepts("", ["ephedrine"], ["CHEMICAL"]) == [("X:26",)]


def test_a_concept_of_several_types_is_of_the_first(tmp_path):
    from bio_ie.knowledge import KnowledgeBase, write_knowledge_base
    from bio_ie.knowledge.statements import ConceptName, ConceptType

    path = tmp_path / "kb.sqlite"
    types = [ConceptType("X:1", "Chemical"), ConceptType("X:1", "Gene")]
    write_knowledge_base(path, {"t": [ConceptName("X:1", "Insulin", 0), *types]})
    (matches,) = TypedDictionary(KnowledgeBase(str(path)), TYPES).match(["insulin"])
    assert [match.type for match in matches] == ["GENE"]


@pytest.mark.parametrize("types", [{"GENE": []}, {"GENE": "Gene"}, {OTHER: ["Gene"]}])
def test_impossible_types_are_an_error(types, tmp_path):
    with pytest.raises(ConfigurationError, match="semantic types"):
        TypedDictionary(write_example_kb(tmp_path / "kb.sqlite"), types)


def test_names_of_other_things_are_given_on_demand(dictionary):
    text = "Amfetamine for a mouse."
    (matches,) = dictionary.match([text], with_other=True)
    assert [match.type for match in matches] == ["CHEMICAL", OTHER]
    assert len(dictionary.match([text])[0]) == 1
