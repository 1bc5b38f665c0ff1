"""Compares SNERL with the dense computation of the paper: every concept with every concept, every
mention with every mention."""

import copy
import dataclasses
import json
from typing import Any, Dict, List, Optional

import pytest
import torch
from allennlp.common import Params
from allennlp.common.checks import ConfigurationError
from allennlp.common.testing import ModelTestCase
from allennlp.data import Batch, DatasetReader, Vocabulary
from allennlp.models import Model
from torch.testing import assert_close

from bio_ie.models.snerl.entity_links import TIE
from bio_ie.text.document import Document, Fact, Mention

CONFIG = "fixtures/models/snerl.jsonnet"
CHANGES: Dict[str, Dict[str, Any]] = {
    "as_in_the_paper": {},
    "max": {"pooling": {"type": "max"}},
    "mean": {"pooling": {"type": "mean"}},
    "noisy_or": {"pooling": {"type": "noisy_or"}},
    "logsumexp": {"pooling": {"type": "logsumexp"}},
    "softmax": {"pooling": {"type": "logsumexp"}, "relation_activation": "softmax"},
    "biaffine": {"pair_scorer": {"type": "biaffine"}},
    "candidate_scores": {"linker.candidate_score_weight": 3.0},
    "whole_mentions": {"span_extractor": {"type": "endpoint", "combination": "x,y"}},
    "different_entities": {"with_same_entity": False},
    "different_mentions": {"with_same_mention": False},
    "few_mentions": {"k": 1},
    "no_entity_loss": {"entity_loss_weight": 0.0},
}


def changed(params: Dict[str, Any], changes: Dict[str, Any]) -> Dict[str, Any]:
    for name, value in changes.items():
        *path, last = name.split(".")
        part = params
        for key in path:
            part = part[key]
        part[last] = copy.deepcopy(value)  # a copy, because building a part empties its parameters
    return params


@pytest.fixture(scope="module")
def config(facts_kb: Any) -> Dict[str, Any]:
    text = json.dumps(Params.from_file(CONFIG).as_dict(quiet=True))
    params: Dict[str, Any] = json.loads(text.replace("kb.sqlite", str(facts_kb)))
    return params


def build_reader(config: Dict[str, Any], **changes: Any) -> DatasetReader:
    return DatasetReader.from_params(Params(copy.deepcopy({**config["dataset_reader"], **changes})))


@pytest.fixture(scope="module")
def documents(config: Dict[str, Any]) -> List[Document]:
    """Documents, among them one without a mention, one with a single mention, and one without a
    fact."""
    documents = list(build_reader(config).read_documents(config["train_data_path"]))
    text = "Menofil worked."
    alone = Document("m", text, mentions=[Mention("T1", 0, 7, "Chemical", ("X:C3",))])
    unreachable = Document(
        "u",
        "Fever after dapsorel.",
        mentions=[
            Mention("T1", 0, 5, "Disease", ("X:D5",)),
            Mention("T2", 12, 20, "Chemical", ("X:C4",)),
        ],
        facts=[Fact("causes", "X:C4", "X:D5"), Fact("prevents", "X:C4", "X:nowhere")],
    )
    return [*documents, alone, unreachable]


@pytest.fixture(scope="module")
def batch_and_vocab(config: Dict[str, Any], documents: List[Document]) -> Any:
    reader = build_reader(config)
    instances = [i for d in documents for i in reader.document_to_instances(d, labelled=True)]
    vocab = Vocabulary.from_instances(instances)
    batch = Batch(instances)
    batch.index_instances(vocab)
    return batch, vocab


def build(
    config: Dict[str, Any], vocab: Vocabulary, changes: Optional[Dict[str, Any]] = None
) -> Any:
    torch.manual_seed(1)
    params = changed(copy.deepcopy(config["model"]), changes or {})
    model = Model.from_params(Params(params), vocab=vocab).double()
    for module in model.modules():
        for name in ("p", "word_dropout", "attention_dropout"):
            if isinstance(getattr(module, name, None), float):
                setattr(module, name, 0.0)
    return model


class Dense:
    """The loss and the facts of one instance, calculated one after the other."""

    def __init__(self, model: Any, instance: Any, vocab: Vocabulary) -> None:
        batch = Batch([instance])
        tensors = batch.as_tensor_dict()
        self.model, graph = model, tensors["graph"]
        x, _ = model._words(tensors["words"])
        self.entities = instance["metadata"]["entities"]
        self.num_mentions, self.num_entities = len(graph["mentions"]), len(self.entities)
        h = []
        for _, first, last in graph["mentions"].tolist():
            if model.span_extractor is None:
                h.append(x[0, first])
            else:
                h.append(model.span_extractor(x, torch.tensor([[[first, last]]]))[0, 0])
        self.log_link = self._link(graph, x[0], h)  # log p(e | m), [L, M]
        self.link = self.log_link.exp()  # 0 where e is no candidate
        heads = [model.head_network(vector) for vector in h]
        tails = [model.tail_network(vector) for vector in h]
        zero = torch.zeros(1, dtype=torch.long)
        self.scores = {
            (i, j): model.pair_scorer(heads[i][None], tails[j][None], zero, zero)[0]
            for i in range(self.num_mentions)
            for j in range(self.num_mentions)
        }
        self.facts = {tuple(fact) for fact in graph["facts"].tolist()}
        self.is_gold = graph["gold_entities"].tolist()

    def _link(self, graph: Any, x: torch.Tensor, h: List[torch.Tensor]) -> torch.Tensor:
        linker = self.model.linker
        link = torch.full((self.num_entities, self.num_mentions), -torch.inf, dtype=torch.double)
        if not len(graph["links"]):
            return link
        document = linker.document_network(torch.cat([x.mean(0), x.amax(0)]))  # h~
        concepts = linker.concept_embedder(graph["keys"], graph["types"])
        network = linker.scorer
        for mention in range(self.num_mentions):
            places = [n for n, (m, _) in enumerate(graph["links"].tolist()) if m == mention]
            logits = []
            for place in places:
                entity = graph["links"][place, 1]
                joined = torch.cat([concepts[entity], document, h[mention]])
                hidden = torch.relu(network.first_layer(joined))
                logit = network.further_layers(hidden)[0]
                if linker.candidate_score_weight is not None:
                    logit = logit + linker.candidate_score_weight * graph["link_scores"][place]
                logits.append(logit)
            for place, p in zip(places, torch.stack(logits).log_softmax(0), strict=True):
                link = link.index_put((graph["links"][place, 1], torch.tensor(mention)), p)
        return link

    def items(self, head: int, tail: int) -> List[Any]:
        """The pairs of mentions that are evidence, with p(e1 | m_i) and p(e2 | m_j)."""
        best = [
            [
                m
                for m in (self.log_link[e].detach() / TIE)
                .round()
                .argsort(descending=True, stable=True)
                .tolist()
                if self.link[e, m] > 0
            ][: self.model.k]
            for e in (head, tail)
        ]
        return [
            (self.link[head, i], self.scores[i, j], self.link[tail, j])
            for i in best[0]
            for j in best[1]
            if i != j or self.model.fact_pooling.with_same_mention
        ]

    def fact(self, head: int, tail: int) -> Optional[torch.Tensor]:
        """The scores, `[R]`, or `[R + 1]` with softmax; None without evidence."""
        items = self.items(head, tail)
        if not items:
            return None
        pooling = self.model.fact_pooling.pooling
        index = torch.zeros(len(items), dtype=torch.long)
        if pooling.domain == "probabilities":
            values = torch.stack([p * s.sigmoid() * q for p, s, q in items])
            return pooling(values, index, 1)[0]
        logits = torch.stack([p.log() + s + q.log() for p, s, q in items]).logsumexp(0)
        return logits.softmax(0) if self.model.activation.is_softmax else logits.sigmoid()

    def pairs(self, entities: List[int]) -> List[Any]:
        same = self.model.fact_pooling.with_same_entity
        return [(e, f) for e in entities for f in entities if same or e != f]

    def loss(self) -> torch.Tensor:
        model = self.model
        chosen = [e for e in range(self.num_entities) if self.is_gold[e]]
        others = [e for e in range(self.num_entities) if not self.is_gold[e]]
        chosen = sorted(chosen + others[: model.negative_entities])
        total, num_gold = torch.zeros((), dtype=torch.double), 0
        for head, tail in self.pairs(chosen):
            p = self.fact(head, tail)
            if p is None:
                continue
            gold = [(head, tail, r) in self.facts for r in range(len(model.relations))]
            num_gold += sum(gold)
            if model.activation.is_softmax:
                if not any(gold):
                    total = total - p[0].log()
                p = p[1:]
            for r, is_gold in enumerate(gold):
                if is_gold:
                    total = total - model.fact_weight * p[r].log()
                elif not model.activation.is_softmax:
                    total = total - (1 - p[r]).log()
        loss = total / max(1, num_gold)
        if model.entity_loss_weight > 0 and self.num_entities:
            entity_loss = torch.zeros((), dtype=torch.double)
            for entity in range(self.num_entities):
                p = self.link[entity].max()
                if self.is_gold[entity]:
                    entity_loss = entity_loss - model.entity_weight * p.log()
                else:
                    entity_loss = entity_loss - (1 - p).log()
            loss = loss + model.entity_loss_weight * entity_loss / max(1, sum(self.is_gold))
        return loss

    def probable_facts(self) -> Dict[Any, float]:
        found = {}
        with torch.no_grad():
            for head, tail in self.pairs(list(range(self.num_entities))):
                p = self.fact(head, tail)
                if p is None:
                    continue
                p = p[1:] if self.model.activation.is_softmax else p
                for relation, value in zip(self.model.relations, p.tolist(), strict=True):
                    if value >= self.model.min_probability:
                        found[self.entities[head], relation, self.entities[tail]] = value
        return found


@pytest.mark.parametrize("changes", CHANGES.values(), ids=CHANGES)
def test_loss_and_gradients_are_those_of_the_dense_equations(
    config: Dict[str, Any], batch_and_vocab: Any, changes: Dict[str, Any]
) -> None:
    batch, vocab = batch_and_vocab
    model = build(config, vocab, changes)
    model.eval()  # takes the first negative entities instead of random ones; there is no dropout
    loss = model(**batch.as_tensor_dict())["loss"]
    expected = torch.stack([Dense(model, instance, vocab).loss() for instance in batch]).mean()
    assert_close(loss, expected, rtol=1e-8, atol=1e-8)
    parameters = dict(model.named_parameters())
    ours = torch.autograd.grad(loss, list(parameters.values()), allow_unused=True)
    theirs = torch.autograd.grad(expected, list(parameters.values()), allow_unused=True)
    for name, one, other in zip(parameters, ours, theirs, strict=True):
        zero = torch.zeros_like(parameters[name])
        one, other = (zero if g is None else g for g in (one, other))
        assert_close(one, other, rtol=1e-5, atol=1e-7, msg=lambda m, name=name: f"{name}: {m}")


@pytest.mark.parametrize("changes", CHANGES.values(), ids=CHANGES)
def test_facts_are_those_of_the_dense_equations(
    config: Dict[str, Any], batch_and_vocab: Any, changes: Dict[str, Any]
) -> None:
    batch, vocab = batch_and_vocab
    model = build(config, vocab, changes)
    model.decision.set(torch.full((len(model.relations),), model.min_probability))
    model.eval()
    outputs = model.forward_on_instances(list(batch))
    num_facts = 0
    for instance, output in zip(batch, outputs, strict=True):
        expected = Dense(model, instance, vocab).probable_facts()
        found = {(fact.head, fact.type, fact.tail): fact.score for fact in output["facts"]}
        assert found.keys() == expected.keys()
        for fact, score in found.items():
            assert score == pytest.approx(expected[fact], rel=1e-8)
        num_facts += len(found)
    assert num_facts > 10


def test_links_are_the_likeliest_candidates(config: Dict[str, Any], batch_and_vocab: Any) -> None:
    batch, vocab = batch_and_vocab
    model = build(config, vocab).eval()
    for instance, output in zip(batch, model.forward_on_instances(list(batch)), strict=True):
        dense = Dense(model, instance, vocab)
        assert len(output["mentions"]) == dense.num_mentions
        for number, mention in enumerate(output["mentions"]):
            rounded = (dense.log_link[:, number].detach() / TIE).round()
            best = (rounded == rounded.max()).nonzero().squeeze(1).tolist()
            (concept,) = mention.concept_ids
            assert concept in [dense.entities[place] for place in best]
            assert mention.score == pytest.approx(dense.link[best[0], number].item(), rel=2 * TIE)


@pytest.mark.parametrize("changes", CHANGES.values(), ids=CHANGES)
def test_predictions_do_not_depend_on_the_batch(
    config: Dict[str, Any], batch_and_vocab: Any, changes: Dict[str, Any]
) -> None:
    batch, vocab = batch_and_vocab
    model = build(config, vocab, {**changes, "min_probability": 1e-6}).eval()
    model.decision.set(torch.full((len(model.relations),), 0.001))
    together = model.forward_on_instances(list(batch))
    for instance, expected in zip(batch, together, strict=True):
        alone = model.forward_on_instance(instance)
        assert [mention.concept_ids for mention in alone["mentions"]] == [
            mention.concept_ids for mention in expected["mentions"]
        ]
        scores = [
            {(fact.head, fact.type, fact.tail): fact.score for fact in output["facts"]}
            for output in (alone, expected)
        ]
        assert scores[0] == pytest.approx(scores[1], rel=1e-8)


@pytest.mark.parametrize("changes", CHANGES.values(), ids=CHANGES)
def test_parts_change_nothing(
    config: Dict[str, Any], batch_and_vocab: Any, changes: Dict[str, Any]
) -> None:
    batch, vocab = batch_and_vocab
    tensors = batch.as_tensor_dict()
    whole = build(config, vocab, changes).eval()
    parts = build(config, vocab, {**changes, "max_items": 5}).eval()
    losses = [model(**copy.deepcopy(tensors))["loss"] for model in (whole, parts)]
    assert_close(*losses)
    gradients = [
        torch.autograd.grad(loss, list(model.parameters()), allow_unused=True)
        for model, loss in zip((whole, parts), losses, strict=True)
    ]
    for one, other in zip(*gradients, strict=True):
        assert (one is None) == (other is None)
        if one is not None:
            assert_close(one, other)


@pytest.mark.parametrize("mode", ["linked", "top_candidate"])
def test_given_links_are_certain_and_need_no_linker(
    config: Dict[str, Any], documents: List[Document], mode: str
) -> None:
    reader = build_reader(config, links=mode)
    instances = [i for d in documents for i in reader.document_to_instances(d, labelled=True)]
    vocab = Vocabulary.from_instances(instances)
    batch = Batch(instances)
    batch.index_instances(vocab)
    changes = {"linker": None, "pooling": {"type": "logsumexp"}, "entity_loss_weight": 0.0}
    model = build(config, vocab, {**changes, "relation_activation": "softmax"}).eval()
    loss = model(**batch.as_tensor_dict())["loss"]
    assert loss.isfinite()
    for document, output in zip(documents, model.forward_on_instances(instances), strict=True):
        for mention, gold in zip(output["mentions"], document.mentions, strict=True):
            assert mention.score == 1.0
            if mode == "linked":
                assert mention.concept_ids == gold.concept_ids
    with_candidates = build_reader(config).document_to_instances(documents[0], labelled=True)
    with pytest.raises(ConfigurationError, match="candidates to choose from"):
        model.forward_on_instances(with_candidates)


def test_scores_are_those_of_sets(
    config: Dict[str, Any], documents: List[Document], batch_and_vocab: Any
) -> None:
    batch, vocab = batch_and_vocab
    model = build(config, vocab).eval()
    model.decision.set(torch.full((len(model.relations),), 0.02))
    outputs = model.forward_on_instances(list(batch)[:3]) + model.forward_on_instances(
        list(batch)[3:]
    )
    metrics = model.get_metrics(reset=True)
    assert metrics["temperature"] == pytest.approx(0.1)
    found = {
        (number, fact.head, fact.type, fact.tail)
        for number, output in enumerate(outputs)
        for fact in output["facts"]
    }
    gold = {
        (number, fact.head, fact.type, fact.tail)
        for number, document in enumerate(documents)
        for fact in document.facts
    }
    assert metrics["fact_correct"] == len(found & gold) > 0
    assert metrics["fact_predicted"] == len(found) > len(found & gold)
    assert metrics["fact_gold"] == len(gold) > len(found & gold)  # unreachable facts too
    named = [
        {
            (number, concept, mention.type)
            for number, some in enumerate(mentions)
            for mention in some
            for concept in mention.concept_ids
        }
        for mentions in (
            [output["mentions"] for output in outputs],
            [document.mentions for document in documents],
        )
    ]
    assert metrics["linking_correct"] == len(named[0] & named[1])
    assert metrics["linking_predicted"] == len(named[0])
    assert metrics["linking_gold"] == len(named[1])
    assert model.decision.best(shared=False) is not None
    # All candidates were in the vocabulary.
    for count in ("correct", "predicted", "gold"):
        assert metrics[f"linking_seen_{count}"] == metrics[f"linking_{count}"]
        assert metrics[f"linking_unseen_{count}"] == 0
    reader = build_reader(config)
    instances = [i for d in documents for i in reader.document_to_instances(d, labelled=True)]
    small = Vocabulary.from_instances(instances[:1])
    model = build(config, small).eval()
    model.forward_on_instances(instances)
    metrics = model.get_metrics(reset=True)
    seen = set(small.get_token_to_index_vocabulary("concept_labels"))
    gold_seen = {item for item in named[1] if item[1] in seen}
    assert 0 < metrics["linking_seen_gold"] == len(gold_seen) < len(named[1])
    assert metrics["linking_unseen_gold"] == len(named[1]) - len(gold_seen)
    total = metrics["linking_seen_predicted"] + metrics["linking_unseen_predicted"]
    assert total == metrics["linking_predicted"]


def test_without_any_fact_in_training_there_are_still_links(
    config: Dict[str, Any], documents: List[Document]
) -> None:
    reader = build_reader(config)
    bare = [dataclasses.replace(document, facts=()) for document in documents]
    instances = [i for d in bare for i in reader.document_to_instances(d, labelled=True)]
    model = build(config, Vocabulary.from_instances(instances)).eval()
    outputs = model.forward_on_instances(instances)
    assert model.get_metrics(reset=True)["linking_predicted"] > 0
    assert not any(output["facts"] for output in outputs)
    unlabelled = [i for d in bare for i in reader.document_to_instances(d)]
    for output, expected in zip(model.forward_on_instances(unlabelled), outputs, strict=True):
        assert output["mentions"] == expected["mentions"]
    batch = Batch(instances)
    model.train()
    assert model(**batch.as_tensor_dict())["loss"].isfinite()


def test_weights_of_zero_leave_their_terms_uncomputed(
    config: Dict[str, Any], batch_and_vocab: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch, vocab = batch_and_vocab
    model = build(config, vocab, {"entity_loss_weight": 0.0})
    monkeypatch.setattr("bio_ie.models.snerl.model.document_entity_loss", None)
    assert model(**batch.as_tensor_dict())["loss"].isfinite()


@pytest.mark.parametrize(
    ("dtype", "scale"),
    # Without a gradient scaler, more gradients would overflow in the matrix products of half
    # precision.
    [(torch.float, 1000), (torch.bfloat16, 100), (torch.float16, 10)],
)
@pytest.mark.parametrize("temperature", [1e-3, 1.0, 1e3])
def test_half_precision_and_extreme_temperatures_give_finite_losses_and_gradients(
    config: Dict[str, Any], batch_and_vocab: Any, dtype: torch.dtype, scale: int, temperature: float
) -> None:
    batch, vocab = batch_and_vocab
    pooling = {"type": "smax", "initial_temperature": temperature}
    model = build(config, vocab, {"pooling": pooling}).float()
    for parameter in model.pair_scorer.parameters():
        parameter.data *= scale  # probabilities of 0 and 1
    for parameter in model.linker.scorer.parameters():
        parameter.data *= scale
    with torch.autocast("cpu", dtype=dtype, enabled=dtype != torch.float):
        loss = model(**batch.as_tensor_dict())["loss"]
    assert loss.isfinite()
    loss.backward()
    for name, parameter in model.named_parameters():
        assert parameter.grad is None or parameter.grad.isfinite().all(), name


class TestSnerl(ModelTestCase):
    @pytest.fixture(autouse=True)
    def write_config(self, config: Dict[str, Any], tmp_path: Any) -> None:
        self.config = tmp_path / "config.json"
        self.config.write_text(json.dumps(config))

    def test_trains_saves_and_loads(self, config: Dict[str, Any]) -> None:
        self.set_up_model(str(self.config), config["train_data_path"])
        # A softmax does not depend on a number that is added to all its logits.
        bias = "linker.scorer.further_layers._linear_layers.0.bias"
        self.ensure_model_can_train_save_and_load(self.config, gradients_to_ignore={bias})

    def test_batch_predictions_are_consistent(self, config: Dict[str, Any]) -> None:
        self.set_up_model(str(self.config), config["train_data_path"])
        self.model.double()
        self.ensure_batch_predictions_are_consistent()
