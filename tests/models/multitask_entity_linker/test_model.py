import copy
import itertools
import json

import _jsonnet
import pytest
import torch
from allennlp.common import Params
from allennlp.common.checks import ConfigurationError
from allennlp.common.testing import ModelTestCase
from allennlp.data import Batch, DatasetReader, Vocabulary
from allennlp.models import Model
from torch.testing import assert_close

from bio_ie.data.linking_task_names import LINKING, RECOGNITION, TASKS, TYPING
from bio_ie.models.multitask_entity_linker.tasks import WordLabels
from bio_ie.text.document import Document, Mention

CONFIG = "fixtures/models/multitask_entity_linker.jsonnet"
SMALL = {"type": "lstm", "hidden_size": 6, "num_layers": 2, "bidirectional": True}
ARCHITECTURES = [
    "pt_single",
    "pt_multi",
    "pt_hierarchical",
    "pe_hierarchical",
]
"""The span sources that need no archive."""
CHANGES = {
    **{name: (name, {}) for name in ARCHITECTURES},
    "pt_typing": ("pt_single", {"tasks": [TYPING]}),
    "pt_recognition": ("pt_single", {"tasks": [RECOGNITION]}),
    "bilou": ("pt_multi", {"type_scheme": "bilou"}),
    "without_types": ("pt_hierarchical", {"tasks": [RECOGNITION, LINKING]}),
    "sampled": ("pt_hierarchical", {"task_sampling": "proportional"}),
    "sampled_pe": (
        "pe_hierarchical",
        {"task_sampling": "proportional", "training_spans": "both"},
    ),
    "pe_gold": ("pe_hierarchical", {"span_source": "gold"}),
    "pe_both": ("pe_hierarchical", {"training_spans": "both"}),
    "pe_predicted": ("pe_hierarchical", {"training_spans": "predicted"}),
    "pe_flat": ("pe_hierarchical", {"architecture": "flat"}),
    "feedforward": (
        "pe_hierarchical",
        {"feedforward": {"num_layers": 1, "hidden_dims": 9, "activations": "relu"}},
    ),
    "top_without_encoder": ("pt_hierarchical", {"top_encoder": None}),
    "joined": ("pt_hierarchical", {"joined_wordpieces": 60}),
    "joined_pe": ("pe_hierarchical", {"joined_wordpieces": 60}),
    "crf": ("pt_multi", {"tag_decoder": {"type": "crf"}}),
}


def config(architecture, settings=None):
    """The toy config with an architecture of the paper and other settings."""
    changed = {"dropout": 0.0, **(settings or {})}
    if "hierarchical" in architecture:
        changed["task_encoder"] = SMALL
    lines = "".join(f"{name}:: {json.dumps(value)}, " for name, value in changed.items())
    return json.loads(
        _jsonnet.evaluate_snippet(
            "config",
            f"(import '{CONFIG}') + (import 'training_config/lib/linking/architectures.libsonnet')"
            f".{architecture} + {{ {lines} }}",
        )
    )


TEXT = "Renal failure followed zolamin. Severe lumenitis and rash rash after zolamin! None died."


def mention(id_, phrase, type_, *ids, nth=0):
    start = -1
    for _ in range(nth + 1):
        start = TEXT.index(phrase, start + 1)
    return Mention(id_, start, start + len(phrase), type_, ids)


DOCUMENTS = [
    Document(
        "a",
        TEXT,
        mentions=[
            mention("1", "Renal failure", "Effect", "D1"),
            mention("2", "zolamin", "Drug", "C1", "C2"),
            mention("3", "Severe lumenitis", "Effect", "D2"),
            mention("4", "rash", "Effect", "D3"),
            mention("5", "rash", "Effect", nth=1),
            mention("6", "zolamin", "Drug", "C1", "C2", nth=1),
        ],
    ),
    Document("b", "Nothing here", tokens=[(0, 7), (8, 12)]),
]


def batch_of(parts, documents=DOCUMENTS, vocab=None):
    reader = DatasetReader.from_params(Params(copy.deepcopy(parts["dataset_reader"])))
    instances = [i for doc in documents for i in reader.document_to_instances(doc, labelled=True)]
    vocab = vocab or Vocabulary.from_instances(instances)
    batch = Batch(instances)
    batch.index_instances(vocab)
    return batch, vocab


def build(parts, vocab):
    torch.manual_seed(1)
    return Model.from_params(Params(copy.deepcopy(parts["model"])), vocab=vocab).double().eval()


def set_up(architecture, settings=None):
    parts = config(architecture, settings)
    batch, vocab = batch_of(parts)
    return build(parts, vocab), batch


def naive_restricted(scores, labels, nil, nil_weight, with_nil):
    """The cross-entropy of lists of scores, over the classes that are among the labels."""
    present = sorted({label for label in labels if label >= 0} | ({nil} if with_nil else set()))
    known = [(row, label) for row, label in zip(scores, labels, strict=True) if label >= 0]
    total = sum(
        -(nil_weight if label == nil else 1.0) * row[present].log_softmax(0)[present.index(label)]
        for row, label in known
    )
    return total / max(len(known), 1)


def naive_losses(model, tensors, hierarchical, training_spans="gold"):
    """The scores by section 2.2, one sentence and one word at a time."""
    vectors = model.text_field_embedder(tensors["words"])
    names = {RECOGNITION: "mention_tags", TYPING: "type_labels", LINKING: "concept_labels"}
    rows = {task: [] for task in model.tasks}
    for row, places in enumerate(tensors["target_words"].tolist()):
        x = torch.stack([vectors[row, place] for place in places if place >= 0]).unsqueeze(0)
        lower = None
        for task in model.tasks:
            seen = x
            if hierarchical and lower is not None:
                seen = torch.cat([x, lower], dim=-1)
            if task in model.task_encoders.encoders:
                encoder = model.task_encoders.encoders[task]
                seen = lower = encoder(seen, torch.ones(1, seen.size(1), dtype=torch.bool))
            rows[task].append(seen[0])
    losses = {}
    found_spans = None
    for task in model.tasks:
        labels = model.vocab.get_token_to_index_vocabulary(
            {RECOGNITION: "mention_tags", TYPING: "type_labels", LINKING: "concept_labels"}[task]
        )
        if task in model.word_tasks.tasks:
            labeller = model.word_tasks.labeller(task)
            layer = labeller.projection if labeller.softmax is None else labeller.softmax.linear
            scores = [layer(word) for seen in rows[task] for word in seen]
            gold = [
                label
                for row, seen in zip(tensors[names[task]].tolist(), rows[task], strict=True)
                for label in row[: len(seen)]
            ]
            if labeller.softmax is not None:
                losses[task] = naive_restricted(scores, gold, labels["O"], 0.125, True)
            else:
                weight = 0.125 if task == TYPING else 1.0
                losses[task] = sum(
                    -(weight if label == labels["O"] else 1.0) * score.log_softmax(0)[label]
                    for score, label in zip(scores, gold, strict=True)
                ) / len(gold)
            if task == RECOGNITION and training_spans != "gold":
                mask = tensors["target_words"] >= 0
                padded = torch.nn.utils.rnn.pad_sequence(rows[task], batch_first=True)
                runs = labeller.scheme.entity_runs(labeller(padded, mask).label, mask)
                found_spans = [
                    (int(row), int(runs.start[row, last]), int(last))
                    for row, last in runs.is_last.nonzero()
                ]
            continue
        spans = {}
        name = {TYPING: "span_types", LINKING: "span_concepts"}[task]
        for row, spans_of_row in enumerate(tensors["spans"].tolist()):
            for place, (first, last) in enumerate(spans_of_row):
                if first >= 0:
                    spans[row, first, last] = int(tensors[name][row, place])
        if training_spans != "gold":
            gold_spans = spans
            wanted = set(found_spans) | (set(spans) if training_spans == "both" else set())
            spans = {span: gold_spans.get(span, labels["O"]) for span in wanted}
        layer = model.span_tasks.classifier(task).softmax.linear
        scores = [layer(rows[task][r][f : last + 1].mean(0)) for r, f, last in spans]
        with_nil = training_spans != "gold"
        losses[task] = naive_restricted(scores, list(spans.values()), labels["O"], 1.0, with_nil)
    return losses


@pytest.mark.parametrize(
    "architecture, settings",
    [
        ("pt_single", {}),
        ("pt_multi", {}),
        ("pt_multi", {"type_scheme": "bilou"}),
        ("pt_hierarchical", {"tune_encoder_on": None}),
        ("pe_hierarchical", {"tune_encoder_on": None}),
        ("pe_hierarchical", {"tune_encoder_on": None, "training_spans": "both"}),
        ("pe_hierarchical", {"tune_encoder_on": None, "training_spans": "predicted"}),
    ],
)
def test_loss_and_gradients_are_those_of_one_word_or_mention_at_a_time(architecture, settings):
    model, batch = set_up(architecture, settings)
    tensors = batch.as_tensor_dict()
    hierarchical = architecture.endswith("hierarchical")
    losses = naive_losses(model, tensors, hierarchical, settings.get("training_spans", "gold"))
    expected = sum(losses.values())
    loss = model(**tensors)["loss"]
    assert_close(loss, expected, rtol=1e-6, atol=1e-6)
    metrics = model.get_metrics()
    for task, one in losses.items():
        assert metrics[f"{task}_loss"] == pytest.approx(float(one.detach()), abs=1e-5)
    parameters = [p for p in model.parameters() if p.requires_grad]
    found = torch.autograd.grad(loss, parameters, allow_unused=True)
    naive = torch.autograd.grad(expected, parameters, allow_unused=True)
    for parameter, one, other in zip(parameters, found, naive, strict=True):
        zero = torch.zeros_like(parameter)
        one, other = (zero if gradient is None else gradient for gradient in (one, other))
        assert_close(one, other, rtol=1e-5, atol=1e-6)


def test_the_hierarchy_trains_the_encoder_by_entity_linking_alone():
    model, batch = set_up("pt_hierarchical")
    vectors = []
    embedder = model.text_field_embedder

    class Recorded(torch.nn.Module):
        def forward(self, words):
            vectors.append(embedder(words))
            return vectors[-1]

    model.text_field_embedder = Recorded()
    tensors = batch.as_tensor_dict()
    loss = model(**tensors)["loss"]
    (together,) = torch.autograd.grad(loss, vectors[-1], retain_graph=True)
    del tensors["mention_tags"], tensors["type_labels"]
    alone = model(**tensors)["loss"]
    assert loss.item() > alone.item()
    assert_close(together, torch.autograd.grad(alone, vectors[-1])[0])


def test_context_is_encoded_and_then_left_out():
    parts = config("pt_single")
    _, vocab = batch_of(parts)
    model = build(parts, vocab)
    with_context, _ = batch_of(parts, DOCUMENTS[:1], vocab)
    parts["dataset_reader"]["context_sentences"] = 0
    without, _ = batch_of(parts, DOCUMENTS[:1], vocab)
    assert with_context.instances[1]["target_words"].tensor[0] > 0
    for one, other in zip(with_context.instances, without.instances, strict=True):
        spans = one["metadata"].metadata["word_spans"]
        assert spans == other["metadata"].metadata["word_spans"]
        # There is a label for each of the sentence's own words, and only these words are
        # classified.
        assert len(one["concept_labels"]) == len(spans)
    tensors = [batch.as_tensor_dict() for batch in (with_context, without)]
    losses = [float(model(**given)["loss"]) for given in tensors]
    assert losses[0] != losses[1]


def gold_words(model, tensors):
    """Labels of words as if they had been predicted."""
    names = {RECOGNITION: "mention_tags", TYPING: "type_labels", LINKING: "concept_labels"}
    return {
        task: WordLabels(
            tensors[names[task]].clamp(min=0),
            torch.full(tensors[names[task]].shape, 0.5, dtype=torch.double),
        )
        for task in model.word_tasks.tasks
    }


@pytest.mark.parametrize("boundaries", ["own", "mention_recognition"])
@pytest.mark.parametrize("type_scheme", ["plain", "bilou"])
def test_right_labels_of_words_give_right_mentions(boundaries, type_scheme):
    parts = config("pt_multi", {"type_scheme": type_scheme})
    parts["model"]["boundaries"] = boundaries
    documents = [
        # The mention whose id is not known is missing, and so is the one right after it with the
        # same type.
        Document("a", TEXT, mentions=[m for m in DOCUMENTS[0].mentions if m.id not in "45"]),
        DOCUMENTS[1],
    ]
    batch, vocab = batch_of(parts, documents)
    model = build(parts, vocab)
    tensors = batch.as_tensor_dict()
    model.word_tasks.forward = lambda *_: gold_words(model, tensors)
    output = model.make_output_human_readable(model(**tensors))
    found = [m for row in output["mentions"] for m in row]
    expected = documents[0].mentions
    assert [(m.span, m.type, m.concept_ids) for m in found] == [
        (m.span, m.type, tuple(sorted(m.concept_ids))) for m in expected
    ]
    metrics = model.get_metrics(reset=True)
    for task in TASKS:
        assert metrics[f"{task}_f1"] == 1.0
        assert metrics[f"{task}_accuracy"] == 1.0
    assert metrics["entity_linking_gold"] == 6.0  # two of them name two concepts each
    # A mention is as probable as all its words; where its place is another task's, as their mean.
    for one in found:
        words = len(TEXT[one.start : one.end].split())
        assert one.score == pytest.approx(0.5**words if boundaries == "own" else 0.5)


def test_neighbours_with_one_label_are_one_mention_unless_mention_recognition_says():
    for boundaries, expected in (("own", ["rash rash"]), ("mention_recognition", ["rash"] * 2)):
        parts = config("pt_multi")
        parts["model"]["boundaries"] = boundaries
        batch, vocab = batch_of(parts)
        model = build(parts, vocab)
        tensors = batch.as_tensor_dict()
        model.word_tasks.forward = lambda *_, m=model, t=tensors: gold_words(m, t)
        types = model._decoder.mentions(model(**tensors))[TYPING]
        found = [TEXT[m.start : m.end] for m in types[1]]
        assert [text for text in found if "rash" in text] == expected


def test_what_lower_tasks_find_beside_the_links_is_kept():
    model, batch = set_up("pt_multi")
    tensors = batch.as_tensor_dict()
    words = gold_words(model, tensors)
    nil = model.vocab.get_token_index("O", "concept_labels")
    linked = torch.full_like(words[LINKING].label, nil)
    linked[0, 0] = model.vocab.get_token_index("D1", "concept_labels")  # one word too short
    words[LINKING] = words[LINKING]._replace(label=linked)
    model.word_tasks.forward = lambda *_: words
    row, *_ = model.make_output_human_readable(model(**tensors))["mentions"]
    assert [(TEXT[m.start : m.end], m.type, m.concept_ids) for m in row] == [
        ("Renal", "Effect", ("D1",)),
        ("zolamin", "Drug", ()),
    ]
    metrics = model.get_metrics(reset=True)
    assert metrics["entity_linking_correct"] == 0.0
    assert metrics["entity_linking_predicted"] == 1.0


def test_per_entity_classifies_the_mentions_it_found_and_multiplies_their_probabilities():
    model, batch = set_up("pe_hierarchical", {"training_spans": "both"})
    tensors = batch.as_tensor_dict()
    model.word_tasks.forward = lambda *_: gold_words(model, tensors)
    vectors = {}
    encode = model.task_encoders.forward

    def recorded(*arguments):
        vectors.update(encode(*arguments))
        return vectors

    model.task_encoders.forward = recorded
    output = model(**tensors)
    mentions = model._decoder.mentions(output)
    nil = model.vocab.get_token_index("O", "concept_labels")
    linear = model.span_tasks.classifier(LINKING).softmax.linear
    links = [m for row in mentions[LINKING] for m in row]
    expected = []
    for row, spans in enumerate(tensors["spans"].tolist()):
        for first, last in spans:
            if first >= 0:
                mean = vectors[LINKING][row, first : last + 1].mean(0)
                probability, label = linear(mean).softmax(0).max(0)
                if int(label) != nil:
                    expected.append(float(probability.detach()) * 0.5 ** (last + 1 - first))
    assert [m.score for m in links] == pytest.approx(expected)
    assert len(mentions[RECOGNITION][0]) == 2


def test_gold_spans_without_nil_all_get_a_type_and_a_concept():
    model, batch = set_up("pe_hierarchical", {"span_source": "gold"})
    assert model.entity_source == "gold"
    output = model.make_output_human_readable(model(**batch.as_tensor_dict()))
    found = [m for row in output["mentions"] for m in row]
    assert [m.span for m in found] == [m.span for m in DOCUMENTS[0].mentions]
    assert all(m.concept_ids and m.type in ("Drug", "Effect") for m in found)
    assert ("O",) not in [m.concept_ids for m in found]


def test_given_spans_are_classified():
    parts = config("pe_single", {"tasks": [TYPING, LINKING]})
    reader = DatasetReader.from_params(Params(copy.deepcopy(parts["dataset_reader"])))
    instances = [i for d in DOCUMENTS for i in reader.document_to_instances(d, labelled=True)]
    vocab = Vocabulary.from_instances(instances)
    model = build(parts, vocab)
    batch, _ = batch_of(parts, vocab=vocab)
    model.train()
    model(**batch.as_tensor_dict())["loss"].backward()
    model.eval()
    with pytest.raises(ConfigurationError, match="span_source"):
        model(**batch.as_tensor_dict())
    given = DatasetReader.from_params(Params(copy.deepcopy(parts["validation_dataset_reader"])))
    assert given.reads_mentions
    outputs = model.forward_on_instances(given.document_to_instances(DOCUMENTS[0]))
    found = [m for output in outputs for m in output["mentions"]]
    assert [m.span for m in found] == [m.span for m in DOCUMENTS[0].mentions]


def test_one_task_a_batch_in_proportion_to_its_labels():
    model, batch = set_up("pt_multi", {"task_sampling": "proportional"})
    model.train()
    tensors = batch.as_tensor_dict()
    counts = {RECOGNITION: 0, TYPING: 600, LINKING: 200}
    for row in tensors["metadata"]:
        row["num_labelled"] = counts
    torch.manual_seed(0)
    drawn = [model._draw(tensors["metadata"]) for _ in range(2000)]
    shares = {task: drawn.count([task]) / 2000 for task in TASKS}
    assert shares[RECOGNITION] == 0.0
    assert shares[TYPING] == pytest.approx(0.75, abs=0.03)
    model(**tensors)["loss"].backward()
    trained = {
        task
        for task in TASKS
        if any(p.grad is not None for p in model.word_tasks.labeller(task).parameters())
    }
    assert len(trained) == 1


def test_sampled_tasks_have_the_losses_of_the_joint_ones():
    model, batch = set_up("pt_hierarchical", {"task_sampling": "proportional"})
    tensors = batch.as_tensor_dict()
    expected = {}
    model(**tensors)
    metrics = model.get_metrics(reset=True)
    expected = {task: metrics[f"{task}_loss"] for task in TASKS}
    model.train()
    model.text_field_embedder.eval()  # it drops out by its own rates
    for task in TASKS:
        model._draw = lambda _, task=task: [task]
        assert float(model(**tensors)["loss"].detach()) == pytest.approx(expected[task], abs=1e-5)


def test_concepts_that_training_has_not_seen_count_as_missed():
    parts = config("pt_single")
    _, vocab = batch_of(parts, DOCUMENTS)
    document = Document("c", "Renal failure of zolamin", mentions=[
        Mention("1", 0, 13, "Effect", ("D1",)), Mention("2", 17, 24, "Drug", ("C7",))
    ])  # fmt: skip
    batch, _ = batch_of(parts, [document], vocab)
    model = build(parts, vocab)
    loss = model(**batch.as_tensor_dict())["loss"]
    assert torch.isfinite(loss)
    metrics = model.get_metrics(reset=True)
    assert metrics["entity_linking_gold"] == 2.0
    assert metrics["entity_linking_seen_gold"] == metrics["entity_linking_unseen_gold"] == 1.0


@pytest.mark.parametrize(
    "architecture, settings, left",
    [
        # For labels of words, an improbable link is no link. For mentions, it is a mention without
        # a concept.
        ("pt_single", {}, []),
        ("pe_single", {}, [("Mention", None)]),
        ("pe_hierarchical", {"span_source": "gold"}, [("Drug", 1.0), ("Effect", 1.0)]),
    ],
)
def test_links_that_are_not_probable_enough_are_not_made(architecture, settings, left):
    parts = config(architecture, settings)
    if architecture == "pe_single":
        parts["model"]["span_source"] = "gold"
    batch, vocab = batch_of(parts)
    model = build(parts, vocab)
    tensors = batch.as_tensor_dict()
    links = model._decoder.mentions(model(**tensors))[LINKING]
    model.get_metrics(reset=True)
    scores = sorted(m.score for row in links for m in row)
    assert len(scores) > 2
    threshold = torch.tensor([(1000 * scores[-2]) // 1 / 1000])  # nearly all
    model.decision.set(threshold)
    output = model.make_output_human_readable(model(**tensors))
    metrics = model.get_metrics(reset=True)
    sure = [m for row in links for m in row if m.score >= float(threshold) - 1e-6]
    found = [m for row in output["mentions"] for m in row]
    assert 0 < len(sure) < len(scores)
    assert metrics["entity_linking_predicted"] == sum(len(m.concept_ids) for m in sure)
    assert [m.span for m in found if m.concept_ids] == [m.span for m in sure]
    unlinked = [m for m in found if not m.concept_ids]
    if architecture == "pt_single":
        assert unlinked == []
        return
    assert len(found) == len(scores)  # no mention is lost
    for m in unlinked:
        assert (m.type, m.score if m.score is None else 1.0) in left


def test_one_batch_without_a_mention_trains():
    for architecture, settings in {
        "pt_hierarchical": {},
        "pe_hierarchical": {"training_spans": "both"},
    }.items():
        parts = config(architecture, settings)
        _, vocab = batch_of(parts)
        model = build(parts, vocab).train()
        batch, _ = batch_of(parts, DOCUMENTS[1:], vocab)
        loss = model(**batch.as_tensor_dict())["loss"]
        loss.backward()
        assert torch.isfinite(loss)
        # Distributed training needs a gradient for every parameter.
        assert all(p.grad is not None for p in model.parameters() if p.requires_grad)


@pytest.mark.parametrize(
    "architecture, changes",
    [
        ("pt_multi", {"granularity": "word"}),
        ("pt_multi", {"architecture": "deep"}),
        ("pt_multi", {"boundaries": "typing"}),
        ("pt_multi", {"task_sampling": "uniform"}),
        ("pt_multi", {"tasks": {}}),
        ("pt_multi", {"tasks": {"parsing": {}}}),
        ("pt_multi", {"tasks": {LINKING: {"nil_weight": 0.0}}}),
        ("pt_multi", {"tasks": {RECOGNITION: {"num_negatives": 5}}}),
        ("pt_multi", {"tasks": {TYPING: {"tag_decoder": {"type": "crf"}, "nil_weight": 0.5}}}),
        ("pt_single", {"boundaries": "mention_recognition"}),
        ("pt_single", {"tune_encoder_on": ["entity_typing"]}),
        ("pe_hierarchical", {"tasks": {RECOGNITION: {}}, "architecture": "flat",
                             "tune_encoder_on": None}),
        ("pe_single", {"span_source": "task"}),
        ("pe_single", {"training_spans": "all"}),
        ("pe_single", {"tasks": {LINKING: {"tag_decoder": {"type": "crf"}}}}),
        ("pt_multi", {"no_such_setting": 1}),
    ],
)  # fmt: skip
def test_an_impossible_setting_is_an_error(architecture, changes):
    parts = config(architecture)
    _, vocab = batch_of(parts)
    parts["model"].update(changes)
    with pytest.raises(ConfigurationError):
        build(parts, vocab)(**batch_of(parts)[0].as_tensor_dict())


@pytest.mark.parametrize("change", CHANGES)
def test_predictions_do_not_depend_on_the_batch(change):
    model, batch = set_up(*CHANGES[change])
    together = model.forward_on_instances(batch.instances)
    for instance, expected in zip(batch.instances, together, strict=True):
        (alone,) = model.forward_on_instances([instance])
        assert [(m.span, m.type, m.concept_ids) for m in alone["mentions"]] == [
            (m.span, m.type, m.concept_ids) for m in expected["mentions"]
        ]
        for one, other in itertools.zip_longest(alone["mentions"], expected["mentions"]):
            assert one.score == pytest.approx(other.score, abs=1e-6)


class TestEveryPart(ModelTestCase):
    @pytest.mark.parametrize("change", CHANGES)
    def test_can_train_save_and_load(self, change, tmp_path):
        path = tmp_path / "config.json"
        path.write_text(json.dumps(config(*CHANGES[change])))
        ignored = set()
        if change.startswith("sampled") or change == "pe_predicted":
            # Tasks that are not drawn have no gradient. Neither have tasks that have no mention to
            # classify.
            ignored = {name for name, _ in set_up(*CHANGES[change])[0].named_parameters()}
        self.ensure_model_can_train_save_and_load(
            str(path), tolerance=1e-3, seed=1, gradients_to_ignore=ignored
        )


class TestBatches(ModelTestCase):
    @pytest.mark.parametrize("architecture", ARCHITECTURES)
    def test_batch_predictions_are_consistent(self, architecture, tmp_path):
        path = tmp_path / "config.json"
        path.write_text(json.dumps(config(architecture)))
        self.set_up_model(str(path), "fixtures/corpora/facts/documents.jsonl")
        self.model.double()
        self.ensure_batch_predictions_are_consistent()
