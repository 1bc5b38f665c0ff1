import pytest
from allennlp.common.checks import ConfigurationError

from bio_ie.knowledge.typed_dictionary import TypedDictionary
from bio_ie.predictors.pair_extractor import PairExtractor
from bio_ie.text.document import Document, Mention
from tests.knowledge.test_typed_dictionary import CONCEPTS, TYPES, write_example_kb

TEXT = (
    "Amfetamine was rare. Methamphetamine (METH) causes epilepsy. METH-induced seizures in a cat."
)


@pytest.fixture
def kb(tmp_path):
    return write_example_kb(tmp_path / "kb.sqlite", CONCEPTS)


class Classifier:
    """A classifier that predicts the same type for every name."""

    def __init__(self, type_):
        self.type = type_
        self.asked = []

    def probabilities(self, names):
        self.asked += [text[start:end] for text, (start, end) in names]
        return [{self.type: 0.9} for _ in names]


def extract(kb, *documents, **options):
    extractor = PairExtractor(TypedDictionary(kb, TYPES), kb, **options)
    return extractor, list(extractor(documents))


def found(sentence):
    return [(sentence.mention_text(m), m.type, m.identifier) for m in sentence.mentions]


def test_sentences_with_two_entities_are_kept(kb):
    extractor, sentences = extract(kb, Document("d", TEXT))
    (sentence,) = sentences
    assert found(sentence) == [
        ("Methamphetamine", "CHEMICAL", "X:01"),
        ("METH", "CHEMICAL", "X:01"),
        ("epilepsy", "DISEASE", "X:04"),
    ]
    assert sentence.id == f"d:{TEXT.index('Methamphetamine')}"
    counts = extractor.counts
    assert (counts.documents, counts.sentences, counts.kept) == (1, 3, 1)
    assert counts.pairs == {"CHEMICAL-DISEASE": 1}
    assert counts.mentions == {"CHEMICAL": 4, "DISEASE": 1}
    assert counts.noted["names of several types were left out"] == 2
    assert "1 document, 3 sentences, 1 of them with a pair" in next(counts.lines())


@pytest.mark.parametrize(
    "type_, names",
    [("DISEASE", ["METH", "seizures", "cat"]), ("OTHER", ["METH", "seizures"])],
)
def test_a_classifier_tells_what_ambiguous_names_are(kb, type_, names):
    classifier = Classifier(type_)
    extractor, (_, sentence) = extract(kb, Document("d", TEXT), classifier=classifier)
    assert classifier.asked == ["seizures", "cat"]
    assert [name for name, _, _ in found(sentence)] == names
    (disease,) = [id_ for name, _, id_ in found(sentence) if name == "seizures"]
    assert disease == {"DISEASE": "X:03", "OTHER": "X:24"}[type_]
    assert sum(count for what, count in extractor.counts.noted.items() if "taken for" in what) == 2


def test_annotated_mentions_keep_their_identifiers_or_get_those_of_their_type(kb):
    text = "Speed and seizures and amfetamine and things."
    mentions = [
        Mention("1", 0, 5, "CHEMICAL", ("X:01",)),
        Mention("2", 10, 18, "DISEASE"),
        Mention("3", 23, 33, "CHEMICAL"),
        Mention("4", 38, 44, "GENE"),
    ]
    extractor, (sentence,) = extract(
        kb, Document("d", text, mentions=mentions), find_mentions=False
    )
    assert [id_ for _, _, id_ in found(sentence)] == ["X:01", "X:03", "X:02", ""]
    assert extractor.counts.noted["mentions without an identifier"] == 1


def test_of_several_concepts_the_one_of_that_name_is_taken(tmp_path):
    concepts = {
        "X:1": ("Disease", ["Tremor, essential", "Tremor"]),
        "X:2": ("Disease", ["Tremor"]),
        "X:3": ("Chemical", ["Lithium"]),
    }
    kb = write_example_kb(tmp_path / "kb.sqlite", concepts)
    extractor, (sentence,) = extract(kb, Document("d", "Lithium tremor."))
    assert found(sentence)[1] == ("tremor", "DISEASE", "X:2")
    what = "names of several concepts of a type were given one of them"
    assert extractor.counts.noted[what] == 1


def test_many_documents_are_the_same_as_one_by_one(kb):
    documents = [Document(str(number), TEXT[: 60 + number]) for number in range(40)]
    _, together = extract(kb, *documents)
    alone = [sentence for document in documents for sentence in extract(kb, document)[1]]
    assert together == alone


def test_names_need_a_knowledge_base_and_a_classifier_needs_names():
    with pytest.raises(ConfigurationError, match="needs a knowledge base"):
        PairExtractor()
    with pytest.raises(ConfigurationError, match="type classifier"):
        PairExtractor(classifier=Classifier("T"), find_mentions=False)
