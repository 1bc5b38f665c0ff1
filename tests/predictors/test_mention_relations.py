"""Predicts relations of given mentions with the predictor of documents."""

from typing import Any, Iterator, List

import pytest
from allennlp.data import Instance, Vocabulary
from allennlp.data.fields import LabelField, MetadataField

from bio_ie.data.dataset_readers import DocumentReader
from bio_ie.predictors import DocumentPredictor
from bio_ie.text.document import Document, Mention
from tests.models.relvm.toy_relations import ENTITIES, RELVM, WORDS, build, text_field

TEXT = "Fever after dapsorel, not after menofil."
MENTIONS = [
    Mention("T1", 0, 5, "Disease"),
    Mention("T2", 12, 20, "Chemical"),
    Mention("T3", 32, 39, "Chemical"),
]


class NeighboursReader(DocumentReader[Any]):
    """A reader that makes an instance of every two neighbouring mentions."""

    reads_mentions = True

    def __init__(self) -> None:
        super().__init__(token_indexers=WORDS)

    def views(self, document: Document) -> Iterator[Any]:
        for pair in zip(document.mentions, document.mentions[1:], strict=False):
            yield document, pair

    def view_to_instance(
        self, view: Any, labelled: bool = True, is_padding: bool = False
    ) -> Instance:
        document, pair = view
        return Instance(
            {
                "tokens": text_field(document.text.split(), WORDS),
                "entities": text_field([mention.type for mention in pair], ENTITIES),
                "metadata": MetadataField({"mention_ids": [mention.id for mention in pair]}),
            }
        )

    def apply_token_indexers(self, instance: Instance) -> None:
        pass


@pytest.fixture
def predictor() -> DocumentPredictor:
    reader = NeighboursReader()
    instances: List[Instance] = reader.document_to_instances(Document("1", TEXT, mentions=MENTIONS))
    labels = ["NO-RELATION", "causes"]
    for instance, label in zip(instances, labels, strict=True):
        instance.add_field("label", LabelField(label, "relation_labels"))
    vocab = Vocabulary.from_instances(instances)
    params = {"type": "relvm_mention_classifier", "representation": RELVM}
    model = build(params, vocab).eval()
    model.classifier.bias.data[model.labels.index("causes")] = 20.0
    return DocumentPredictor(model, reader)


def test_documents_keep_their_mentions_and_get_relations(predictor: DocumentPredictor) -> None:
    document = Document("1", TEXT, mentions=MENTIONS)
    alone = Document("2", TEXT, mentions=MENTIONS[:1])
    output, other = predictor.predict_batch_json([document.to_json(), alone.to_json()])
    found = Document.from_json(output)
    assert list(found.mentions) == MENTIONS
    ends = [(relation.type, relation.head, relation.tail) for relation in found.relations]
    assert ends == [("causes", "T1", "T2"), ("causes", "T2", "T3")]
    assert all(relation.score is not None and relation.score > 0.9 for relation in found.relations)
    assert found.metadata is not None
    pairs = found.metadata["predicted_pairs"]
    assert [pair["mentions"] for pair in pairs] == [["T1", "T2"], ["T2", "T3"]]
    assert pairs[0].keys() == {"mentions", "label", "probabilities", "spread"}
    # A single mention gives no pair, but the document keeps it.
    assert list(Document.from_json(other).mentions) == MENTIONS[:1]
    assert not Document.from_json(other).relations


def test_predictions_can_be_predicted_from_again(predictor: DocumentPredictor) -> None:
    output = predictor.predict_json(Document("1", TEXT, mentions=MENTIONS).to_json())
    assert predictor.predict_json(output) == output
