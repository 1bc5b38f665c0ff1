"""The memory that SNERL takes for one document with very many mentions and candidates."""

import copy
from typing import Any, Callable, Dict, NamedTuple

import pytest
import torch
from allennlp.common import Params
from allennlp.data import Batch, Instance, Token, Vocabulary
from allennlp.data.fields import MetadataField, TextField
from allennlp.data.token_indexers import SingleIdTokenIndexer
from allennlp.models import Model
from torch.testing import assert_close

from benchmarks.peak_memory import peak_memory
from bio_ie.data.concept_items import FactItem
from bio_ie.data.fields.document_graph_field import FACTS, DocumentGraphField, Link
from bio_ie.models.snerl import Snerl
from bio_ie.models.snerl.predicted_document_graph import ScoredFacts
from bio_ie.text.document import Mention

NUM_CANDIDATES, NUM_RELATIONS, NUM_CONCEPTS = 25, 14, 1000

FIXED = 16 * 2**20
"""The bytes for everything but items: words, concepts, pairs of mentions."""
BYTES_AN_ITEM = 100 * (1 + NUM_RELATIONS)
"""The bytes of an item, as documented in `FactPooling`."""


class Given(NamedTuple):
    instance: Instance
    vocab: Vocabulary

    def tensors(self) -> Dict[str, Any]:
        batch = Batch([self.instance])
        batch.index_instances(self.vocab)
        return dict(batch.as_tensor_dict())


_NOTHING = torch.zeros(0, dtype=torch.long)
NO_FACTS = ScoredFacts(_NOTHING, _NOTHING, _NOTHING, torch.zeros(0))


def document(num_mentions: int) -> Given:
    """A document in which every other word is a mention. Each mention has 25 of 1,000 concepts as
    candidates, and there are 50 facts of 14 relations."""
    generator = torch.Generator().manual_seed(0)
    words = [f"w{number % 97}" for number in range(2 * num_mentions)]
    concepts = [f"X:{number}" for number in range(NUM_CONCEPTS)]
    links = [
        Link(mention, concept, 0.5, False)
        for mention in range(num_mentions)
        for concept in torch.randperm(NUM_CONCEPTS, generator=generator)[:NUM_CANDIDATES].tolist()
    ]
    named = sorted({link.entity for link in links})
    pairs = torch.randint(20, (50, 2), generator=generator).tolist()
    facts = {
        (named[head], f"r{number % NUM_RELATIONS}", named[tail])
        for number, (head, tail) in enumerate(pairs)
    }
    metadata = {
        "document_id": "d",
        "is_padding": False,
        "mentions": [Mention(f"T{n}", 2 * n, 2 * n + 1, "A") for n in range(num_mentions)],
        "mention_places": list(range(num_mentions)),
        "entities": concepts,
        "gold_facts": [FactItem(concepts[h], concepts[t], relation) for h, relation, t in facts],
        "gold_links": [],
    }
    graph = DocumentGraphField(
        [(2 * number, 2 * number) for number in range(num_mentions)],
        concepts,
        [("type",)] * NUM_CONCEPTS,
        links,
        sorted(facts),
        named[:20],
    )
    indexers = {"tokens": SingleIdTokenIndexer(lowercase_tokens=True)}
    instance = Instance(
        {
            "words": TextField([Token(word) for word in words], indexers),  # type: ignore[dict-item]
            "graph": graph,
            "metadata": MetadataField(metadata),
        }
    )
    vocab = Vocabulary.from_instances([instance])
    assert vocab.get_vocab_size(FACTS) == NUM_RELATIONS
    return Given(instance, vocab)


@pytest.fixture(scope="module")
def large() -> Given:
    return document(200)


def build(vocab: Vocabulary, max_items: int, pooling: str = "smax") -> Any:
    """A model in evaluation mode, in which dropout and the choice of entities are not random."""
    torch.manual_seed(1)
    params = Params.from_file("fixtures/models/snerl.jsonnet")["model"].as_dict(quiet=True)
    params.update(max_items=max_items, k=15, negative_entities=100, pooling={"type": pooling})
    model = Model.from_params(Params(copy.deepcopy(params)), vocab=vocab).eval()
    assert isinstance(model, Snerl)
    assert model.linker is not None
    model.decision.set(torch.full((NUM_RELATIONS,), 0.2))
    for parameter in model.linker.scorer.parameters():
        parameter.data *= 200  # so that some candidates are likely, and some facts possible
    return model


def training_step(model: Any, given: Given) -> Callable[[], Dict[str, torch.Tensor]]:
    """Computes the loss and the gradients."""
    tensors = given.tensors()
    # The model is in evaluation mode, so that nothing is random, but then there would be
    # predictions too.
    model._facts = lambda *_: NO_FACTS
    model._count_gold = lambda *_: None

    def run() -> Dict[str, torch.Tensor]:
        model.zero_grad(set_to_none=True)
        loss = model(**tensors)["loss"]
        loss.backward()
        gradients = {n: p.grad for n, p in model.named_parameters() if p.grad is not None}
        return {"loss": loss.detach(), **gradients}

    return run


def evaluation(model: Any, given: Given) -> Callable[[], Dict[str, Any]]:
    """Computes the facts, and the scores of all possible facts at every threshold."""
    tensors = given.tensors()
    model.negative_entities = 0

    @torch.no_grad()
    def run() -> Dict[str, Any]:
        output = model(**tensors)
        return {
            "facts": output["facts"][0],
            "probabilities": output["fact_probabilities"][0],
            "scores": model.get_metrics(reset=True),
        }

    return run


@pytest.mark.parametrize("max_items", [10_000, 40_000])
@pytest.mark.parametrize("pooling", ["smax", "noisy_or"])
def test_training_stays_within_the_memory_for_max_items(
    large: Given, pooling: str, max_items: int
) -> None:
    peak = peak_memory(training_step(build(large.vocab, max_items, pooling), large))
    assert peak <= FIXED + max_items * BYTES_AN_ITEM
    assert peak >= max_items * BYTES_AN_ITEM / 6  # otherwise the bound would not be tested


@pytest.mark.parametrize("max_items", [10_000, 40_000])
def test_evaluation_stays_within_the_memory_for_max_items(large: Given, max_items: int) -> None:
    peak = peak_memory(evaluation(build(large.vocab, max_items), large))
    assert peak <= FIXED + max_items * BYTES_AN_ITEM


def test_without_parts_training_takes_many_times_the_memory(large: Given) -> None:
    parts, whole = (
        peak_memory(training_step(build(large.vocab, max_items), large))
        for max_items in (10_000, 10**9)
    )
    assert whole > 10 * parts


def test_parts_give_the_loss_and_gradients_of_the_whole(large: Given) -> None:
    parts, whole = (
        training_step(build(large.vocab, max_items), large)() for max_items in (10_000, 10**9)
    )
    assert parts.keys() == whole.keys()
    # A softmax does not depend on a number that is added to all its logits: 0 but for rounding.
    del whole["linker.scorer.further_layers._linear_layers.0.bias"]
    for name, expected in whole.items():
        scale = float(expected.abs().max())
        assert_close(parts[name], expected, rtol=1e-4, atol=1e-5 * scale, msg=name)


def test_parts_give_the_facts_and_scores_of_the_whole() -> None:
    small = document(30)
    parts, whole = (
        evaluation(build(small.vocab, max_items), small)() for max_items in (10_000, 10**9)
    )
    assert len(whole["facts"]) > 20
    assert whole["scores"]["fact_predicted"] == len(whole["facts"])
    assert torch.equal(parts["facts"], whole["facts"])
    assert_close(parts["probabilities"], whole["probabilities"])
    assert parts["scores"] == pytest.approx(whole["scores"])
