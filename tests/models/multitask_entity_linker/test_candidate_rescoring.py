"""A linker that finds concepts that training has not seen, among the candidates of a knowledge
base."""

import copy
import json
from pathlib import Path
from typing import Any, Dict, List, Tuple

import _jsonnet
import pytest
import torch
from allennlp.common import Params
from allennlp.common.checks import ConfigurationError
from allennlp.common.testing import ModelTestCase
from allennlp.data import Batch, DatasetReader, Vocabulary
from allennlp.models import Model

from bio_ie.data.corpora import JsonlFormat
from bio_ie.knowledge import KnowledgeBase
from bio_ie.knowledge.concept_embeddings import write_concept_vectors
from bio_ie.text.document import Document

CORPUS = "fixtures/corpora/facts/documents.jsonl"


def config(kb: Path, folder: Path, settings: str = "") -> Dict[str, Any]:
    vectors = folder / "description.safetensors"
    if not vectors.exists():
        concepts = [concept.id for concept in KnowledgeBase(str(kb)).concepts()]
        torch.manual_seed(0)
        write_concept_vectors(vectors, concepts, torch.randn(len(concepts), 7), "description")
    snippet = f"""(import 'fixtures/models/multitask_entity_linker.jsonnet')
        + (import 'training_config/lib/linking/architectures.libsonnet').pe_hierarchical {{
            task_encoder:: {{ type: 'lstm', hidden_size: 6, bidirectional: true }},
            knowledge_base:: {json.dumps(str(kb))},
            definition_vectors:: {json.dumps(str(vectors))},
            rescoring:: true,
            num_candidates:: 3,
        }} + {{ {settings} }}"""
    result: Dict[str, Any] = json.loads(_jsonnet.evaluate_snippet("config", snippet))
    return result


def set_up(parts: Dict[str, Any], unseen: str) -> Tuple[Any, Any]:
    """A model that has not seen one concept in training, and a batch of all documents."""
    torch.manual_seed(1)
    documents = list(JsonlFormat().read(CORPUS))
    reader: Any = DatasetReader.from_params(
        Params(copy.deepcopy(parts["validation_dataset_reader"]))
    )
    training = [d for d in documents if all(unseen not in m.concept_ids for m in d.mentions)]
    assert 0 < len(training) < len(documents)

    def instances(some: List[Document]) -> List[Any]:
        return [i for document in some for i in reader.document_to_instances(document, True)]

    vocab = Vocabulary.from_instances(instances(training))
    model = Model.from_params(Params(copy.deepcopy(parts["model"])), vocab=vocab).eval()
    batch = Batch(instances(documents))
    batch.index_instances(vocab)
    return model, batch


def test_a_concept_that_training_has_not_seen_is_found(facts_kb: Path, tmp_path: Path) -> None:
    parts = config(facts_kb, tmp_path, "span_source:: 'gold',")
    model, batch = set_up(parts, "X:C2")
    assert "X:C2" not in model.vocab.get_token_to_index_vocabulary("concept_labels")
    rescoring = model.span_tasks.classifier("entity_linking").rescoring
    with torch.no_grad():
        # Only the similarity of a candidate's name counts.
        rescoring.projection.weight.zero_()
        rescoring.score_weight.fill_(100.0)
    tensors = batch.as_tensor_dict()
    model.make_output_human_readable(model(**tensors))
    scores = model.get_metrics(reset=True)
    assert scores["entity_linking_unseen_gold"] > 0
    assert scores["entity_linking_unseen_recall"] == 1.0
    assert scores["entity_linking_f1"] > 0.9
    with torch.no_grad():
        rescoring.score_weight.fill_(0.0)
        rescoring.unseen_bias.fill_(-100.0)
    model(**tensors)
    assert model.get_metrics(reset=True)["entity_linking_unseen_predicted"] == 0


def test_vectors_of_concepts_are_learned_from(facts_kb: Path, tmp_path: Path) -> None:
    parts = config(facts_kb, tmp_path)
    model, batch = set_up(parts, "X:C2")
    model.train()
    model(**batch.as_tensor_dict())["loss"].backward()
    rescoring = model.span_tasks.classifier("entity_linking").rescoring
    for parameter in (rescoring.projection.weight, rescoring.score_weight, rescoring.unseen_bias):
        assert parameter.grad is not None
        assert parameter.grad.abs().sum().item() > 0


def test_without_candidates_it_says_what_is_missing(facts_kb: Path, tmp_path: Path) -> None:
    parts = config(facts_kb, tmp_path)
    for reader in ("dataset_reader", "validation_dataset_reader"):
        for name in ("candidate_generator", "candidate_spans"):
            parts[reader].pop(name, None)
    model, batch = set_up(parts, "X:C2")
    with pytest.raises(ConfigurationError, match="candidate_generator"):
        model(**batch.as_tensor_dict())
    parts["model"].update(granularity="token", span_source="task", training_spans="gold")
    with pytest.raises(ConfigurationError, match="not for words"):
        set_up(parts, "X:C2")


@pytest.mark.parametrize("settings", ["", "training_spans:: 'both', definition_vectors:: null,"])
def test_predictions_do_not_depend_on_the_batch(
    facts_kb: Path, tmp_path: Path, settings: str
) -> None:
    model, batch = set_up(config(facts_kb, tmp_path, settings), "X:C2")
    model.double()
    # So that the model finds something, right or wrong.
    labeller = model.word_tasks.labeller("mention_recognition")
    with torch.no_grad():
        labeller.projection.bias[labeller.scheme.tags.index("O")] = -1.0
    together = model.forward_on_instances(batch.instances)
    assert any(output["mentions"] for output in together)
    for instance, expected in zip(batch.instances, together, strict=True):
        (alone,) = model.forward_on_instances([instance])
        assert [(m.span, m.type, m.concept_ids) for m in alone["mentions"]] == [
            (m.span, m.type, m.concept_ids) for m in expected["mentions"]
        ]


class TestRescoring(ModelTestCase):
    def test_can_train_save_and_load(self, facts_kb: Path, tmp_path: Path) -> None:
        path = tmp_path / "config.json"
        path.write_text(json.dumps(config(facts_kb, tmp_path)))
        self.ensure_model_can_train_save_and_load(str(path), tolerance=1e-3, seed=1)
