import copy
import json
import math
import re
from collections import defaultdict

import pytest
import torch
from allennlp.common import Params
from allennlp.common.checks import ConfigurationError
from allennlp.common.testing import ModelTestCase
from allennlp.data import Batch, DatasetReader, Vocabulary
from allennlp.models import Model
from torch.testing import assert_close

from bio_ie.data.span_position import span_position
from bio_ie.models.keci.explanations import explained_spans
from bio_ie.models.keci.scored_spans import score_spans
from bio_ie.modules.span_extractors import endpoint_attentive
from bio_ie.modules.text_spans import enumerate_spans
from bio_ie.text.document import Document, Mention, Relation
from tests.models.batch_consistency import assert_predictions_do_not_depend_on_the_batch

CONFIG = "fixtures/models/keci.jsonnet"
KAR = {
    "type": "knowledge_attention_recontextualization",
    "hidden_dim": 8,
    "num_heads": 2,
    "feedforward_dim": 8,
    "score_hidden_dim": 4,
}
PASS = {"type": "pass_through"}
CHANGES = {
    "as_in_the_paper": {},
    "sent_context_only": {"knowledge": None},
    "flat_attention": {"span_graph_encoder": PASS, "knowledge.graph_encoder": PASS},
    "know_bert_attention": {"knowledge.fusion": KAR},
    "know_bert_attention_between_layers": {"knowledge.fusion": KAR, "knowledge.after_layer": 1},
    "no_fusion": {"knowledge.fusion": {"type": "none"}},
    "fused_and_span": {"final_representation": "fused_and_span"},
    "sigmoid": {"relation_activation": "sigmoid"},
    "cross_entropy": {"relation_loss": "cross_entropy"},
    "detached": {"span_graph_encoder.detach_edge_weights": True},
    "biaffine": {"pair_scorer": {"type": "biaffine"}},
    "bases": {"knowledge.graph_encoder.num_bases": 2},
    "encoder": {"encoder": {"type": "lstm", "input_size": 32, "hidden_size": 12}},
    "endpoint": {"span_extractor": {"type": "endpoint", "combination": "x,y,x*y"}},
    "learned": {
        "knowledge.concept_embedder": {
            "type": "learned",
            "embedding_dim": 6,
            "concept_dropout": 0.2,
        }
    },
    "means": {"loss_reduction": "mean"},
    "names": {"name_pooling": {"type": "mean"}},
    "name_pairs": {"name_pair_pooling": {"type": "logsumexp"}},
    "later_relations": {"relation_loss_weight": {"type": "linear_warmup", "num_epochs": 1}},
}


def changed(params, changes):
    """`params` with the values of dotted keys replaced. A replaced type replaces the whole part."""
    for name, value in changes.items():
        *path, last = name.split(".")
        part = params
        for key in path:
            part = part[key]
        part[last] = copy.deepcopy(value)  # a copy, because building a part empties its parameters
    return params


@pytest.fixture(scope="module")
def config(toy_kb):
    params = Params.from_file(CONFIG).as_dict(quiet=True)
    for reader in ("dataset_reader", "validation_dataset_reader"):
        params[reader]["background"]["kb"]["path"] = str(toy_kb)
        params[reader]["word_keys"] = True
    return params


@pytest.fixture(scope="module")
def batch_and_vocab(config):
    """Texts with nested mentions, directed and undirected relations, pairs with several labels and
    pairs without any."""
    text = "Didanosine causes bad pancreatitis and fever under stavudine ."
    tokens = [(match.start(), match.end()) for match in re.finditer(r"\S+", text)]
    mentions = [
        Mention("1", 0, 10, "Drug"),
        Mention("2", 18, 34, "Effect"),
        Mention("3", 22, 34, "Effect"),
        Mention("4", 39, 44, "Effect"),
        Mention("5", 51, 60, "Drug"),
    ]
    relations = [
        Relation("causes", "1", "2"),
        Relation("causes", "1", "3"),
        Relation("worsens", "1", "3"),
        Relation("causes", "5", "4"),
        Relation("with", "1", "5", directed=False),
    ]
    documents = [
        Document("a", text, tokens=tokens, mentions=mentions, relations=relations),
        Document("b", text, tokens=tokens, mentions=mentions[:1]),
        Document("c", "Nothing here", tokens=[(0, 7), (8, 12)]),
    ]
    reader = DatasetReader.from_params(Params(config["dataset_reader"]).duplicate())
    instances = [i for doc in documents for i in reader.document_to_instances(doc, labelled=True)]
    vocab = Vocabulary.from_instances(instances)
    batch = Batch(instances)
    batch.index_instances(vocab)
    return batch, vocab


def build(config, vocab, changes=None):
    torch.manual_seed(1)
    params = json.loads(json.dumps(config["model"]).replace('"dropout": 0.2', '"dropout": 0.0'))
    params = changed(params, changes or {})
    model = Model.from_params(Params(params), vocab=vocab).double()
    model.text_field_embedder.eval()
    return model


def naive_spans(sentences, width):
    length = sum(number >= 0 for number in sentences)
    return [
        (first, last)
        for first in range(length)
        for last in range(first, min(first + width, length))
        if sentences[first] == sentences[last]
    ]


def naive_relation_loss(model, score, labels):
    """The probabilities of one pair, one column at a time."""
    activation = model.relation_activation
    if not activation.is_softmax:
        probabilities, wanted = score.sigmoid(), labels
    else:
        probabilities, wanted = score.softmax(0), [not any(labels), *labels]
    loss = torch.zeros((), dtype=torch.double)
    for probability, is_label in zip(probabilities, wanted, strict=True):
        if is_label:
            loss = loss - probability.log()
        elif model.expected_loss == "binary_cross_entropy":
            loss = loss - (1 - probability).log()
    return loss


def naive_loss(model, tensors):
    """The scores by equations 1 to 10, one sentence, one span and one pair at a time."""
    total = torch.zeros((), dtype=torch.double)
    graph = model.knowledge(tensors["background"])
    x_all = model.text_field_embedder(tensors["words"])
    for row, sentences in enumerate(tensors["sentences"].tolist()):
        x = x_all[row : row + 1]
        spans = naive_spans(sentences, model.max_span_width)
        s = [model.span_extractor(x, torch.tensor([[span]])).flatten() for span in spans]  # eq. 1
        scores = [model.initial_head.entity_scorer(vector) for vector in s]  # eq. 2
        types = dict.fromkeys(spans, 0)
        for _, first, last, type_ in (g for g in tensors["entities"].tolist() if g[0] == row):
            types[first, last] = type_ + 1
        is_mean = model._loss_reduction == "mean"
        for span, score in zip(spans, scores, strict=True):
            share = 1 / len(spans) if is_mean else 1
            total = total - share * score.softmax(0)[types[span]].log()

        num_words = sum(number >= 0 for number in sentences)
        num_kept = max(1, math.floor(model.spans_per_word * num_words))
        none = [score.softmax(0)[0].item() for score in scores]
        order = sorted(range(len(spans)), key=lambda place: (none[place], place))
        kept = sorted(order[:num_kept])
        labels = defaultdict(lambda: [False] * len(model.relation_types))
        for _, head, tail, label in (g for g in tensors["relations"].tolist() if g[0] == row):
            labels[head, tail][label] = True

        def pair_loss(head_module, vectors, kept=kept, spans=spans, labels=labels):
            """The scores of relations and r_ij, by eqs. 3 and 9."""
            loss = torch.zeros((), dtype=torch.double)
            weights = {}
            num_pairs = 0
            for i, head in enumerate(kept):
                for j, tail in enumerate(kept):
                    if i == j:
                        continue
                    pair = torch.stack([vectors[i], vectors[j]])
                    score = head_module.pair_scorer(
                        pair, pair, torch.tensor([0]), torch.tensor([1])
                    ).flatten()
                    key = (span_position(*spans[head]), span_position(*spans[tail]))
                    loss = loss + naive_relation_loss(model, score, labels[key])
                    num_pairs += 1
                    weights[i, j] = model.relation_activation.weights(score.unsqueeze(0))[0]
            return loss / max(num_pairs, 1) if model._loss_reduction == "mean" else loss, weights

        vectors = [s[place] for place in kept]
        loss, weights = pair_loss(model.initial_head, vectors)
        total = total + loss

        size, width = len(kept), len(model.relation_types) + 1
        r = torch.zeros(1, size, size, width, dtype=torch.double)
        for (i, j), weight in weights.items():
            r = r.index_put((torch.tensor(0), torch.tensor(i), torch.tensor(j)), weight)
        mask = torch.ones(1, size, dtype=torch.bool)
        h = model.span_graph_encoder.dense(torch.stack(vectors).unsqueeze(0), r, mask)[0]  # eq. 4

        f = []
        for number, place in enumerate(kept):  # eqs. 6 to 8, each span with its own candidates
            nodes = [
                node
                for span, node in tensors["background"]["links"].tolist()
                if tensors["background"]["spans"][span].tolist() == [row, *spans[place]]
            ]
            links = torch.tensor([[0, node] for node in nodes], dtype=torch.long).view(-1, 2)
            one = h[number].unsqueeze(0)
            fused = model.knowledge.fusion.fuse_spans(one, graph.concepts, links).vectors[0]
            f.append(torch.cat([fused, h[number]]) if model._joins_fused_and_span else fused)
        for vector, place in zip(f, kept, strict=True):  # eq. 9
            score = model.final_head.entity_scorer(vector)
            share = 1 / len(kept) if is_mean else 1
            total = total - 2 * share * score.softmax(0)[types[spans[place]]].log()  # eq. 10
        loss, _ = pair_loss(model.final_head, f)
        total = total + 2 * loss
    return total / len(tensors["sentences"])


def test_weight_of_relations_advances_one_step_a_batch(config, batch_and_vocab):
    batch, vocab = batch_and_vocab
    schedule = {"relation_loss_weight": {"type": "step", "num_steps": 2}}
    model = build(config, vocab, schedule).train()
    tensors = batch.as_tensor_dict()
    weights = []
    for number in range(1, 4):
        weights.append(model.relation_loss_weight.value().item())
        model(**tensors)
        assert model.relation_loss_weight.step == number
    assert weights == [0, 0, 1]


@pytest.mark.parametrize(
    "change",
    [
        "as_in_the_paper",
        "fused_and_span",
        "sigmoid",
        "cross_entropy",
        "biaffine",
        "detached",
        "means",
    ],
)
def test_loss_and_gradients_are_the_equations_one_span_at_a_time(config, batch_and_vocab, change):
    batch, vocab = batch_and_vocab
    model = build(config, vocab, CHANGES[change]).train()
    model.text_field_embedder.eval()
    model.expected_loss = CHANGES[change].get("relation_loss", "binary_cross_entropy")
    tensors = batch.as_tensor_dict()
    parameters = [p for p in model.parameters() if p.requires_grad]
    found = model(**tensors)["loss"]
    found_gradients = torch.autograd.grad(found, parameters, allow_unused=True)
    expected = naive_loss(model, tensors)
    expected_gradients = torch.autograd.grad(expected, parameters, allow_unused=True)
    assert_close(found, expected, rtol=1e-5, atol=1e-6)
    for one, other in zip(found_gradients, expected_gradients, strict=True):
        if one is None or other is None:  # a missing gradient counts as zero
            assert not torch.any(torch.zeros(()) if one is None else one)
            assert not torch.any(torch.zeros(()) if other is None else other)
        else:
            assert_close(one, other, rtol=1e-5, atol=1e-6)


def test_every_parameter_has_a_gradient_without_candidates_too(config, batch_and_vocab):
    """Distributed training needs a gradient for every parameter."""
    batch, vocab = batch_and_vocab
    model = build(config, vocab).train()
    alone = Batch(batch.instances[2:])
    alone.index_instances(vocab)
    for tensors in (batch.as_tensor_dict(), alone.as_tensor_dict()):
        model.zero_grad()
        model(**tensors)["loss"].backward()
        assert all(p.grad is not None for p in model.parameters() if p.requires_grad)


@pytest.fixture
def output(config, batch_and_vocab):
    batch, vocab = batch_and_vocab
    model = build(config, vocab, {"spans_per_word": 10.0}).eval()
    # The scores make every span an entity.
    with torch.no_grad():
        for head in (model.initial_head, model.final_head):
            head.entity_scorer._linear_layers[-1].bias[0] = -50.0
    raw = model(**batch.as_tensor_dict())
    return model, raw, model.make_output_human_readable(dict(raw))


def test_as_many_spans_are_kept_as_the_words_allow(config, batch_and_vocab):
    batch, vocab = batch_and_vocab
    for spans_per_word, expected in ((0.5, [4, 4, 1]), (10.0, [30, 30, 3])):
        model = build(config, vocab, {"spans_per_word": spans_per_word}).eval()
        raw = model(**batch.as_tensor_dict())
        assert [len(row) for row in raw["kept_spans"]] == expected
        assert [len(row) for row in raw["span_probabilities"]] == expected


def test_forward_gives_tensors_of_each_text(output):
    _, raw, _ = output
    parts = {name: rows for name, rows in raw.items() if name not in ("loss", "metadata")}
    assert {"entities", "initial_relations", "span_probabilities", "links"} <= parts.keys()
    for rows in parts.values():
        assert len(rows) == 3
        assert all(isinstance(row, torch.Tensor) for row in rows)


def test_explanations_are_weights_of_the_spans_own_candidates(output):
    _, raw, readable = output
    for row, metadata in zip(explained_spans(raw), raw["metadata"], strict=True):
        for _, _, sentinel, candidates in row:
            assert sentinel + sum(weight for _, weight in candidates) == pytest.approx(1.0)
            assert all(node < len(metadata["concepts"]) for node, _ in candidates)
    with_concepts = [m for row in readable["mentions"] for m in row if m.metadata]
    assert with_concepts
    for mention in with_concepts:
        weights = [concept["weight"] for concept in mention.metadata["concepts"]]
        assert weights == sorted(weights, reverse=True)
        assert mention.metadata["sentinel"] + sum(weights) == pytest.approx(1.0)
        json.dumps(mention.metadata)


def test_candidates_of_a_mention_are_those_that_its_text_names(config, batch_and_vocab):
    batch, vocab = batch_and_vocab
    model = build(config, vocab, {"spans_per_word": 10.0}).eval()
    with torch.no_grad():
        model.final_head.entity_scorer._linear_layers[-1].bias[0] = -50.0
    raw = model(**batch.as_tensor_dict())
    mentions = model.make_output_human_readable(raw)["mentions"][0]
    named = {m.span: m.metadata["concepts"] for m in mentions if m.metadata}
    text = "Didanosine causes bad pancreatitis and fever under stavudine ."
    assert named
    for (start, end), concepts in named.items():
        assert {concept["name"].lower() for concept in concepts} == {text[start:end].lower()}


def test_initial_graph_is_given_if_knowledge_may_have_changed_it(config, batch_and_vocab, output):
    assert len(output[2]["initial_mentions"]) == 3
    batch, vocab = batch_and_vocab
    model = build(config, vocab, CHANGES["sent_context_only"]).eval()
    assert "initial_entities" not in model(**batch.as_tensor_dict())


def test_gold_that_was_pruned_counts_as_missed(config, batch_and_vocab):
    batch, vocab = batch_and_vocab
    model = build(config, vocab, {"spans_per_word": 0.01}).eval()
    model(**batch.as_tensor_dict())
    metrics = model.get_metrics(reset=True)
    assert metrics["entity_gold"] == 6
    assert metrics["pruning_recall"] <= 2 / 6


def test_all_spans_kept_is_a_recall_of_one(config, batch_and_vocab):
    batch, vocab = batch_and_vocab
    model = build(config, vocab, {"spans_per_word": 10.0}).eval()
    model(**batch.as_tensor_dict())
    assert model.get_metrics()["pruning_recall"] == 1.0


def test_an_undirected_relation_is_given_once(config, batch_and_vocab):
    batch, vocab = batch_and_vocab
    changes = {"relation_activation": "sigmoid", "spans_per_word": 0.5}
    model = build(config, vocab, changes).eval()
    with_ = vocab.get_token_index("with", "relation_labels")
    with torch.no_grad():
        model.final_head.entity_scorer._linear_layers[-1].bias[0] = -50.0
        bias = model.final_head.pair_scorer.further_layers._linear_layers[-1].bias
        bias.fill_(-50.0)
        bias[with_] = 50.0
    relations = model.make_output_human_readable(model(**batch.as_tensor_dict()))["relations"]
    assert [len(row) for row in relations] == [6, 6, 0]
    assert not any(relation.directed for row in relations for relation in row)


def test_a_model_of_narrower_spans_than_its_reader_learns_what_it_can(config, batch_and_vocab):
    batch, vocab = batch_and_vocab
    losses = []
    for reader_width in (1, 4):
        params = {**config["dataset_reader"], "max_span_width": reader_width}
        reader = DatasetReader.from_params(Params(params).duplicate())
        documents = [instance["metadata"]["document"] for instance in batch.instances]
        instances = [i for d in documents for i in reader.document_to_instances(d, labelled=True)]
        same = Batch(instances)
        same.index_instances(vocab)
        losses.append(build(config, vocab, {"max_span_width": 1})(**same.as_tensor_dict())["loss"])
    assert_close(*losses)


def test_spans_and_pairs_of_the_same_names_share_their_scores_in_both_graphs(
    config, batch_and_vocab
):
    _, vocab = batch_and_vocab
    words = ["Didanosine", "and", "stavudine", ",", "then", "didanosine"]
    spans, position = [], 0
    for word in words:
        spans.append((position, position + len(word)))
        position += len(word) + 1
    reader = DatasetReader.from_params(Params(config["dataset_reader"]).duplicate())
    document = Document("d", " ".join(words), tokens=spans)
    batch = Batch(reader.document_to_instances(document))
    batch.index_instances(vocab)
    changes = {**CHANGES["names"], **CHANGES["name_pairs"], "spans_per_word": 10.0}
    model = build(config, vocab, changes).eval()
    calls = []

    def remembering(function):
        def call(scores, names, *pairs):
            calls.append((scores, function(scores, names, *pairs), pairs))
            return calls[-1][1]

        return call

    for name in ("entities", "relations"):
        setattr(model.name_pooling, name, remembering(getattr(model.name_pooling, name)))
    model(**batch.as_tensor_dict())

    kept = naive_spans([0] * len(words), model.max_span_width)
    names = [" ".join(words[first : last + 1]).lower() for first, last in kept]
    assert len(calls) == 4  # entities and relations of the initial graph, and of the final one
    for scores, pooled, pairs in calls:
        keys = names
        if pairs:
            keys = [
                (names[h], names[t])
                for h, t in zip(*(part.tolist() for part in pairs), strict=True)
            ]
        assert len(set(keys)) < len(keys) == len(scores)
        for place, key in enumerate(keys):
            same = scores[[other for other, its_key in enumerate(keys) if its_key == key]]
            expected = same.logsumexp(0) if pairs else same.softmax(-1).mean(0).log()
            assert_close(pooled[place], expected)


@pytest.mark.parametrize("change", ["names", "name_pairs"])
def test_pooling_by_name_needs_the_readers_keys(config, batch_and_vocab, change):
    batch, vocab = batch_and_vocab
    tensors = batch.as_tensor_dict()
    del tensors["word_keys"]
    with pytest.raises(ConfigurationError, match="word_keys"):
        build(config, vocab, CHANGES[change])(**tensors)


def test_relations_need_two_entities(config, batch_and_vocab):
    batch, vocab = batch_and_vocab
    model = build(config, vocab).eval()
    with torch.no_grad():
        model.final_head.entity_scorer._linear_layers[-1].bias[0] = 50.0
        model.final_head.pair_scorer.further_layers._linear_layers[-1].bias[1] = 50.0
    output = model.make_output_human_readable(model(**batch.as_tensor_dict()))
    assert (output["mentions"], output["relations"]) == ([[], [], []], [[], [], []])


@pytest.mark.parametrize("change", CHANGES)
def test_without_gold_only_pairs_of_entities_are_scored_and_the_graphs_are_the_same(
    config, batch_and_vocab, change
):
    batch, vocab = batch_and_vocab
    model = build(config, vocab, {**CHANGES[change], "spans_per_word": 1.5}).eval()
    heads = [model.initial_head, *([model.final_head] if model.final_head is not None else [])]
    tensors = batch.as_tensor_dict()
    probabilities = torch.cat(model(**tensors)["span_probabilities"]).log()
    margins = probabilities[:, 1:].max(1).values - probabilities[:, 0]
    with torch.no_grad():  # half of the spans become entities
        heads[-1].entity_scorer._linear_layers[-1].bias[0] += margins.median() + 1e-9
    expected = model(**tensors)
    num_pairs = []
    heads[-1].pair_scorer.register_forward_pre_hook(
        lambda _, inputs: num_pairs.append(len(inputs[2]))
    )
    found = model(**{k: v for k, v in tensors.items() if k not in ("entities", "relations")})
    graphs = [name for name in found if name.endswith(("entities", "relations", "probabilities"))]
    assert len(graphs) == 5 * len(heads)
    for name in graphs:
        assert_close(found[name], expected[name])
    counts = [len(entities) for entities in found["entities"]]
    assert 0 < sum(counts) < sum(map(len, found["span_probabilities"]))
    if model.name_pooling.pairs is None:
        assert num_pairs == [sum(count * (count - 1) for count in counts)]


@pytest.mark.parametrize("change", ["as_in_the_paper", "endpoint"])
@pytest.mark.parametrize("hidden_dims", [[], [5]])
def test_spans_get_the_scores_of_their_vectors(
    config, batch_and_vocab, monkeypatch, change, hidden_dims
):
    monkeypatch.setattr(endpoint_attentive, "_BLOCK_SIZE", 7)
    batch, vocab = batch_and_vocab
    model = build(config, vocab, {**CHANGES[change], "entity_hidden_dims": hidden_dims})
    x = torch.randn(3, 10, model.text_field_embedder.get_output_dim(), dtype=torch.double)
    spans = enumerate_spans(batch.as_tensor_dict()["sentences"], model.max_span_width)
    places = torch.tensor([0, 3, 4])
    found = []
    for is_training in (True, False):
        model.train(is_training)
        scored = score_spans(x, spans, model.span_extractor, model.initial_head)
        vectors = scored.vectors(torch.arange(len(spans.row)))
        assert_close(scored.entity_scores, model.initial_head.entities(vectors))
        assert_close(scored.vectors(places), vectors[places])
        found.append(vectors)
    assert_close(*found)


def test_vectors_of_padding_do_not_matter(config, batch_and_vocab):
    batch, vocab = batch_and_vocab
    model = build(config, vocab).eval()
    sentences = batch.as_tensor_dict()["sentences"]
    is_padding = (sentences < 0).unsqueeze(2)
    assert is_padding.any()
    dim = model.text_field_embedder.get_output_dim()
    x = torch.randn(*sentences.shape, dim, dtype=torch.double)
    spans = enumerate_spans(sentences, model.max_span_width)
    scores = [
        score_spans(words, spans, model.span_extractor, model.initial_head).entity_scores
        for words in (x, x.masked_fill(is_padding, torch.nan))
    ]
    assert torch.equal(*scores)


def test_knowledge_without_a_background_graph_is_an_error(config, batch_and_vocab):
    batch, vocab = batch_and_vocab
    tensors = batch.as_tensor_dict()
    del tensors["background"]
    with pytest.raises(ConfigurationError, match="give the reader a background"):
        build(config, vocab)(**tensors)


@pytest.mark.parametrize(
    "change",
    [
        {"final_representation": "span"},
        {"relation_activation": "sigmoid", "relation_loss": "cross_entropy"},
        {"spans_per_word": 0.0},
        {"name_pooling": {"type": "attention"}},
        {"name_pair_pooling": {"type": "attention"}},
        {"name_pair_pooling": {"type": "smax"}, "relation_activation": "sigmoid"},
        {"no_such_setting": 1},
    ],
)
def test_an_impossible_setting_is_an_error(config, batch_and_vocab, change):
    with pytest.raises(ConfigurationError):
        build(config, batch_and_vocab[1], change)


@pytest.mark.parametrize("change", CHANGES)
def test_predictions_do_not_depend_on_the_batch(config, batch_and_vocab, change):
    batch, vocab = batch_and_vocab
    model = build(config, vocab, CHANGES[change])
    assert_predictions_do_not_depend_on_the_batch(model, batch.instances)


@pytest.fixture
def config_file(config, tmp_path):
    def write(change):
        params = json.loads(json.dumps(config))
        changed(params["model"], CHANGES[change])
        path = tmp_path / "config.jsonnet"
        path.write_text(json.dumps(params))
        return str(path)

    return write


class TestEveryPart(ModelTestCase):
    @pytest.mark.parametrize("change", CHANGES)
    def test_can_train_save_and_load(self, config_file, change):
        # A term that all scores of a softmax share has no gradient.
        biases = {"span_extractor.attention.bias"}
        biases.add("knowledge.fusion.scorer.further_layers._linear_layers.1.bias")
        biases.add("knowledge.fusion.span_attention.bias")
        biases |= {f"knowledge.fusion.score._linear_layers.{layer}.bias" for layer in (0, 1)}
        self.ensure_model_can_train_save_and_load(
            config_file(change), gradients_to_ignore=biases, tolerance=1e-3, seed=1
        )

    def test_batch_predictions_are_consistent(self, config_file):
        self.set_up_model(config_file("as_in_the_paper"), "fixtures/demo/validation.jsonl")
        self.model.double()
        self.ensure_batch_predictions_are_consistent()
