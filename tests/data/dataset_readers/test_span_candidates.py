from typing import Any, List

import pytest
import torch
from allennlp.common.checks import ConfigurationError
from allennlp.data import Batch, Instance, Vocabulary
from allennlp.data.token_indexers import SingleIdTokenIndexer

from bio_ie.data.dataset_readers import EntityLinkingReader
from bio_ie.data.dataset_readers.span_candidates import SpanCandidates
from bio_ie.data.fields import UNSEEN, LabelsField, SpanCandidate, SpanCandidatesField
from bio_ie.knowledge import KnowledgeBase
from bio_ie.knowledge.candidate_generators import ExactCandidateGenerator
from bio_ie.text.document import Document, Mention
from bio_ie.text.stable_key import stable_key
from tests.knowledge.example_kb import write_example_kb

TEXT = "Methamphetamine (METH) and cold. METH, seizures!"


@pytest.fixture
def kb(tmp_path: Any) -> KnowledgeBase:
    return KnowledgeBase(write_example_kb(tmp_path / "kb.sqlite").path)


def reader(kb: KnowledgeBase, **options: Any) -> EntityLinkingReader:
    return EntityLinkingReader(
        {"tokens": SingleIdTokenIndexer()},
        granularity="entity",
        kb=kb,
        candidate_generator=ExactCandidateGenerator(kb),
        **options,
    )


DOCUMENT = Document(
    "d",
    TEXT,
    sentences=[(0, 32), (33, 48)],
    mentions=[
        Mention("1", 0, 15, "Chemical", ("X:01",)),
        Mention("2", 33, 37, "Chemical", ("X:01",)),
    ],
)


def test_annotated_mentions_or_all_spans_are_looked_up(kb: KnowledgeBase) -> None:
    def found(**options: Any) -> List[List[Any]]:
        instances = reader(kb, **options).document_to_instances(DOCUMENT, labelled=True)
        fields = [instance["candidates"] for instance in instances]
        assert [i["metadata"].metadata["candidate_ids"] for i in instances] == [  # type: ignore[attr-defined]
            [candidate.concept_id for candidate in field.candidates]  # type: ignore[attr-defined]
            for field in fields
        ]
        return [[(c.first, c.last, c.concept_id) for c in field.candidates] for field in fields]  # type: ignore[attr-defined]

    # The abbreviation is explained in the other sentence.
    assert found() == [[(0, 0, "X:01")], [(0, 0, "X:01")]]
    first, second = found(candidate_spans="all")
    assert (0, 0, "X:01") in first
    assert (2, 2, "X:01") in first
    assert (5, 5, "X:06") in first
    assert [c for c in second if c[:2] == (2, 2)] == [(2, 2, "X:03")]


def test_all_spans_begin_and_end_with_words_and_are_not_too_wide() -> None:
    class Everything:
        asked: List[str] = []

        def expanded(self, text: str, texts: List[str]) -> List[str]:
            return texts

        def generate(self, texts: List[str]) -> List[Any]:
            self.asked = texts
            return [[] for _ in texts]

    generator: Any = Everything()
    text = "( a 1 - b"
    words = [(i, i + 1) for i in range(0, 9, 2)]
    assert SpanCandidates(generator, max_width=3)(text, words, [(0, 4)]) == []
    assert generator.asked == [text, "a", "a 1", "1 - b", "b"]


def test_concepts_are_written_as_the_knowledge_base_writes_them(kb: KnowledgeBase) -> None:
    (known, _), *_ = [(c.id, c.name) for c in kb.concepts()]
    document = Document("d", "cold", mentions=[Mention("1", 0, 4, "Disease", (known, "Q9"))])
    (instance,) = reader(kb).document_to_instances(document, labelled=True)
    links = instance["metadata"].metadata["gold_links"]  # type: ignore[attr-defined]
    assert {link.concept_id for link in links} == {known, "Q9"}
    mesh = Document("d", "cold", mentions=[Mention("1", 0, 4, "Disease", ("D003000",))])
    (instance,) = reader(kb).document_to_instances(mesh, labelled=True)
    assert instance["span_concepts"].labels == ["MESH:D003000"]  # type: ignore[attr-defined]


def test_batches_number_rows_and_places() -> None:
    fields = [
        SpanCandidatesField(
            [SpanCandidate(0, 1, "A", 0.5), SpanCandidate(2, 2, "B", 1.0)], "x_labels"
        ),
        SpanCandidatesField([], "x_labels"),
        SpanCandidatesField([SpanCandidate(3, 3, "A", 0.25)], "x_labels"),
    ]
    instances = [Instance({"candidates": field}) for field in fields]
    vocab = Vocabulary.from_instances([Instance({"x": LabelsField(["A"], "x_labels")})])
    batch = Batch(instances)
    batch.index_instances(vocab)
    tensors = batch.as_tensor_dict()["candidates"]
    a = vocab.get_token_index("A", "x_labels")
    assert tensors["spans"].tolist() == [[0, 0, 1], [0, 2, 2], [2, 3, 3]]
    assert tensors["labels"].tolist() == [a, UNSEEN, a]
    assert tensors["places"].tolist() == [0, 1, 0]
    assert tensors["keys"].tolist() == [stable_key(name) for name in "ABA"]
    assert torch.equal(tensors["scores"], torch.tensor([0.5, 1.0, 0.25]))
    # Candidates add no classes to the vocabulary.
    assert "B" not in vocab.get_token_to_index_vocabulary("x_labels")
    empty = Vocabulary.from_instances(instances)
    assert "x_labels" not in empty.get_namespaces()


@pytest.mark.parametrize("options", [{"candidate_spans": "none"}, {"max_candidate_width": 0}])
def test_an_impossible_setting_is_an_error(kb: KnowledgeBase, options: Any) -> None:
    with pytest.raises(ConfigurationError):
        reader(kb, **options)
    with pytest.raises(ConfigurationError, match="granularity"):
        EntityLinkingReader({}, candidate_generator=ExactCandidateGenerator(kb))
