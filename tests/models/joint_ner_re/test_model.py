import itertools
import json

import pytest
import torch
from allennlp.common import Params
from allennlp.common.checks import ConfigurationError
from allennlp.common.testing import ModelTestCase
from allennlp.data import Batch, DatasetReader, Vocabulary
from allennlp.models import Model
from torch.testing import assert_close

from bio_ie.text.document import Document, Mention, Relation

CONFIG = "fixtures/models/joint_ner_re.jsonnet"
SMALL = {"num_layers": 2, "hidden_dims": 16, "activations": "relu", "dropout": 0.1}
CHANGES = {
    "as_in_the_paper": {},
    "no_entity_pretraining": {"relation_loss_weight": {"type": "constant"}},
    "no_label_embedding": {"label_embedding_dim": None},
    "one_feedforward": {"tail_feedforward": None},
    "no_feedforward": {"head_feedforward": None, "tail_feedforward": None},
    "linear": {"pair_scorer": {"type": "linear"}},
    "mlp": {"pair_scorer": {"type": "mlp", "hidden_dims": [16]}},
    "distmult": {"pair_scorer": {"type": "distmult"}},
    "word_pairs": {"word_pair_pooling": {"type": "logsumexp"}},
    "crf": {"tag_decoder": {"type": "crf"}},
    "constrained": {"tag_decoder": {"type": "constrained"}},
    "sigmoid": {"relation_activation": "sigmoid"},
    "gold": {"entity_source": "gold", "training_candidates": "gold"},
    "predicted": {"training_candidates": "predicted"},
    "encoder": {"encoder": {"type": "lstm", "input_size": 32, "hidden_size": 12}},
}


@pytest.fixture(scope="module")
def batch_and_vocab():
    """A batch with directed and undirected relations, with pairs with several labels, and with
    pairs without any."""
    text = "Drug A causes bad rash and Drug B worsens rash too"
    mentions = [
        Mention("1", 0, 6, "Drug"),
        Mention("2", 14, 22, "Effect"),
        Mention("3", 27, 33, "Drug"),
        Mention("4", 42, 46, "Effect"),
    ]
    relations = [
        Relation("causes", "1", "2"),
        Relation("worsens", "3", "4"),
        Relation("causes", "3", "4"),
        Relation("with", "1", "3", directed=False),
    ]
    tokens = [(0, 4), (5, 6), (7, 13), (14, 17), (18, 22), (23, 26), (27, 31), (32, 33)]
    tokens += [(34, 41), (42, 46), (47, 50)]
    documents = [
        Document("a", text, tokens=tokens, mentions=mentions, relations=relations),
        Document("b", text, tokens=tokens, mentions=mentions[:1]),
        Document("c", "Nothing here", tokens=[(0, 7), (8, 12)]),
    ]
    reader = DatasetReader.from_params(Params.from_file(CONFIG)["dataset_reader"])
    instances = [i for doc in documents for i in reader.document_to_instances(doc, labelled=True)]
    vocab = Vocabulary.from_instances(instances)
    batch = Batch(instances)
    batch.index_instances(vocab)
    return batch, vocab


def build(vocab, changes=None):
    torch.manual_seed(1)
    params = Params.from_file(CONFIG)["model"].as_dict()
    params.update({"dropout": 0.0, "relation_loss_weight": {"type": "constant"}})
    params.update(changes or {})
    for name in ("head_feedforward", "tail_feedforward"):
        if params[name] is not None:
            params[name] = {**params[name], "dropout": 0.0}
    model = Model.from_params(Params(params), vocab=vocab).double()
    model.text_field_embedder.eval()
    return model


def naive_entities(model, tags):
    """The entities of one sentence as `{last word: (first word, type)}`, found word by word."""
    entities = []
    names = [model.tag_scheme.tags[tag] for tag in tags]
    for word, name in enumerate(names):
        if name == "O":
            continue
        before = names[word - 1] if word else "O"
        if name[0] in "IE" and before[0] in "BI" and before[2:] == name[2:]:
            entities[-1][1] = word
        else:
            entities.append([word, word, name[2:]])
    return {last: (first, type_) for first, last, type_ in entities}


def naive_losses(model, tensors, candidates):
    """The scores by equations 1 to 8, for one sentence and one pair at a time."""
    x = model.text_field_embedder(tensors["words"])
    mask = tensors["words"]["tokens"]["mask"]
    ner = re = torch.zeros((), dtype=torch.double)
    num_pairs = 0
    gold_relations = [tuple(row) for row in tensors["relations"].tolist()]
    for row in range(len(mask)):
        length = int(mask[row].sum())
        scores = torch.stack([model.tag_projection(x[row, i]) for i in range(length)])  # eq. 1
        gold_tags = tensors["tags"][row, :length].tolist()
        for word in range(length):  # eq. 2
            ner = ner - scores[word].log_softmax(0)[gold_tags[word]]
        predicted_tags = scores.argmax(-1).tolist()
        gold = naive_entities(model, gold_tags)
        predicted = naive_entities(model, predicted_tags)
        used = {"predicted": predicted, "gold": gold, "predicted_and_gold": {**predicted, **gold}}
        entities = used[candidates]
        tags = gold_tags if candidates == "gold" else predicted_tags

        def argument(word, row=row, tags=tags):
            vector = x[row, word]
            if model.label_embedding is not None:  # eq. 3
                vector = torch.cat([vector, model.label_embedding.weight[tags[word]]])
            return vector.unsqueeze(0)

        for i, j in itertools.permutations(sorted(entities), 2):
            num_pairs += 1
            head, tail = argument(i), argument(j)
            if model.head_feedforward is not None:  # eqs. 4 and 5
                second = model.tail_feedforward or model.head_feedforward
                head, tail = model.head_feedforward(head), second(tail)
            score = model.pair_scorer(head, tail, torch.tensor([0]), torch.tensor([0]))[0]
            right = all(gold.get(end) == entities[end] for end in (i, j))
            labels = [label for r, h, t, label in gold_relations if (r, h, t) == (row, i, j)]
            for label in labels if right and labels else [-1]:  # eq. 8; -1 is "no relation"
                re = re - score.log_softmax(0)[label + 1]
    return ner / len(mask), re / len(mask), num_pairs


@pytest.mark.parametrize("source", ["predicted", "predicted_and_gold", "gold"])
@pytest.mark.parametrize("change", ["as_in_the_paper", "no_label_embedding", "one_feedforward",
                                    "no_feedforward", "linear", "mlp"])  # fmt: skip
def test_loss_and_gradients_are_the_equations_one_pair_at_a_time(batch_and_vocab, change, source):
    batch, vocab = batch_and_vocab
    model = build(vocab, {**CHANGES[change], "training_candidates": source})
    tensors = batch.as_tensor_dict()
    model.train()
    model.text_field_embedder.eval()
    parameters = [p for p in model.parameters() if p.requires_grad]

    ner, re, num_pairs = naive_losses(model, tensors, source)
    assert num_pairs > 5
    expected = torch.autograd.grad(ner + re, parameters, allow_unused=True)
    loss = model(**tensors)["loss"]
    found = torch.autograd.grad(loss, parameters, allow_unused=True)

    assert_close(loss, ner + re, rtol=1e-5, atol=1e-5)
    for parameter, one, other in zip(parameters, found, expected, strict=True):
        zero = torch.zeros_like(parameter)
        one, other = (zero if grad is None else grad for grad in (one, other))
        assert_close(one, other, rtol=1e-5, atol=1e-5)


def test_biaffine_scores_are_equation_7(batch_and_vocab):
    scorer = build(batch_and_vocab[1]).pair_scorer
    x, y = torch.randn(2, 1, 16, dtype=torch.double)
    score = scorer(x, y, torch.tensor([0]), torch.tensor([0]))[0]
    weight, bias = scorer.linear.weight, scorer.linear.bias
    for label in range(scorer.num_labels):
        bilinear = x[0] @ scorer.bilinear[:, label] @ y[0]
        expected = bilinear + weight[label] @ torch.cat([x[0], y[0]]) + bias[label]
        assert_close(score[label], expected)


def test_no_candidate_gives_a_relation_loss_of_exactly_zero_and_gradients(batch_and_vocab):
    batch, vocab = batch_and_vocab
    model = build(vocab, {"training_candidates": "predicted"})
    with torch.no_grad():
        model.tag_projection.weight.zero_()
        model.tag_projection.bias.zero_()
        model.tag_projection.bias[vocab.get_token_index("O", "entity_tags")] = 5.0
    model.train()
    loss = model(**batch.as_tensor_dict())["loss"]
    loss.backward()
    assert model.get_metrics()["re_loss"] == 0.0
    assert torch.isfinite(loss)
    # Distributed training needs a gradient for every parameter.
    assert all(p.grad is not None for p in model.parameters() if p.requires_grad)


def human_readable(model, batch):
    model.eval()
    return model.make_output_human_readable(model(**batch.as_tensor_dict()))


def test_both_orders_of_an_undirected_relation_count_alike_and_give_one_relation(batch_and_vocab):
    batch, vocab = batch_and_vocab
    model = build(vocab, {"entity_source": "gold", "relation_activation": "sigmoid"})
    with_ = vocab.get_token_index("with", "relation_labels")
    with torch.no_grad():
        model.pair_scorer.linear.bias.fill_(-50.0)
        model.pair_scorer.linear.bias[with_] = 50.0
    output = human_readable(model, batch)
    entities = output["mentions"][0]
    found = [(r.head, r.tail) for r in output["relations"][0]]
    ids = [mention.id for mention in entities]
    assert found == list(itertools.combinations(ids, 2))
    assert not any(relation.directed for relation in output["relations"][0])


def test_gold_entities_give_perfect_entities_without_scores(batch_and_vocab):
    batch, vocab = batch_and_vocab
    model = build(vocab, {"entity_source": "gold"})
    output = human_readable(model, batch)
    assert [m.span for m in output["mentions"][0]] == [(0, 6), (14, 22), (27, 33), (42, 46)]
    assert all(m.score is None for row in output["mentions"] for m in row)
    assert model.get_metrics(reset=True)["entity_f1"] == 1.0


def test_gold_entities_without_tags_are_an_error(batch_and_vocab):
    batch, vocab = batch_and_vocab
    tensors = batch.as_tensor_dict()
    del tensors["tags"], tensors["relations"]
    model = build(vocab, {"entity_source": "gold"}).eval()
    with pytest.raises(ConfigurationError, match="no tags"):
        model(**tensors)


def test_scores_are_probabilities_and_a_mention_has_the_product_of_its_tags(batch_and_vocab):
    batch, vocab = batch_and_vocab
    model = build(vocab).eval()
    tensors = batch.as_tensor_dict()
    output = model(**tensors)
    probabilities = model.tag_projection(model.text_field_embedder(tensors["words"])).softmax(-1)
    best = probabilities.max(-1).values
    count = 0
    for row, scores in enumerate(output["entity_probabilities"]):
        for (first, last, _), score in zip(output["entities"][row], scores, strict=True):
            assert_close(score, best[row, first : last + 1].prod(), rtol=1e-5, atol=0.0)
            count += 1
        relation_scores = output["relation_probabilities"][row]
        assert ((relation_scores >= 0) & (relation_scores <= 1)).all()
    assert count > 0


def test_a_corpus_without_relations_trains_and_predicts(batch_and_vocab):
    reader = DatasetReader.from_params(Params.from_file(CONFIG)["dataset_reader"])
    document = Document("d", "Aspirin helps", mentions=[Mention("1", 0, 7, "Drug")])
    instances = reader.document_to_instances(document, labelled=True)
    vocab = Vocabulary.from_instances(instances)
    batch = Batch(instances)
    batch.index_instances(vocab)
    model = build(vocab).train()
    model(**batch.as_tensor_dict())["loss"].backward()
    assert human_readable(model, batch)["relations"] == [[]]


@pytest.mark.parametrize(
    "change",
    [
        {"relation_activation": "tanh"},
        {"training_candidates": "all"},
        {"entity_source": "all"},
        {"head_feedforward": None},
        {"word_pair_pooling": {"type": "smax"}},
        {"no_such_setting": 1},
    ],
)
def test_an_impossible_setting_is_an_error(batch_and_vocab, change):
    with pytest.raises(ConfigurationError):
        build(batch_and_vocab[1], change)


class TestEveryPart(ModelTestCase):
    @pytest.mark.parametrize("change", CHANGES)
    def test_can_train_save_and_load(self, change):
        changes = {f"model.{name}": value for name, value in CHANGES[change].items()}
        self.ensure_model_can_train_save_and_load(
            CONFIG, overrides=json.dumps(changes), tolerance=1e-3, seed=1
        )


@pytest.mark.parametrize("change", CHANGES)
def test_predictions_do_not_depend_on_the_batch(batch_and_vocab, change):
    batch, vocab = batch_and_vocab
    model = build(vocab, CHANGES[change]).eval()
    together = model.forward_on_instances(batch.instances)
    for instance, expected in zip(batch.instances, together, strict=True):
        (alone,) = model.forward_on_instances([instance])
        assert [(*m.span, m.type) for m in alone["mentions"]] == [
            (*m.span, m.type) for m in expected["mentions"]
        ]
        assert [(r.type, r.head, r.tail) for r in alone["relations"]] == [
            (r.type, r.head, r.tail) for r in expected["relations"]
        ]
        for one, other in zip(alone["relations"], expected["relations"], strict=True):
            assert one.score == pytest.approx(other.score, abs=1e-6)


class TestBatches(ModelTestCase):
    def test_batch_predictions_are_consistent(self):
        self.set_up_model(CONFIG, "fixtures/demo/validation.jsonl")
        self.model.double()
        self.ensure_batch_predictions_are_consistent()
