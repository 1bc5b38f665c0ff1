import pytest
import torch
from allennlp.common.checks import ConfigurationError
from transformers import BertConfig

from benchmarks import keci_forms
from benchmarks.keci import KeciBenchmark
from benchmarks.keci_forms import KeciForms
from benchmarks.keci_parts import main as keci_parts
from benchmarks.keci_parts import measure, parts, record
from benchmarks.keci_sentences import KECI_PAPER, KECI_RECIPE, read_keci_sentences
from benchmarks.timing import NotMeasured
from bio_ie.knowledge import KnowledgeBase

TINY = BertConfig(hidden_size=32, num_hidden_layers=2, num_attention_heads=2, intermediate_size=64)


def build(folder, count=12, config=KECI_RECIPE):
    sentences = read_keci_sentences(count, folder, folder, folder / "none.sqlite")
    return KeciBenchmark(sentences, config, TINY)


@pytest.fixture(scope="module")
def benchmark_(tmp_path_factory):
    return build(tmp_path_factory.mktemp("keci"))


@pytest.mark.parametrize("config", [KECI_PAPER, KECI_RECIPE])
def test_measured_model_finds_exactly_the_gold_entities_and_relations(config, tmp_path):
    measured = build(tmp_path, config=config)
    model = measured.model.eval()
    entities = 0
    with torch.no_grad():
        for batch in measured.batches(6, labelled=True):
            measured.predict(batch)
            entities += batch.graph.num_entities
    scores = model.get_metrics(reset=True)
    assert entities > 12
    for name in ("entity_f1", "relation_f1", "initial_entity_f1", "initial_relation_f1"):
        assert scores[name] == 1.0


def test_pairs_are_those_of_as_many_spans_as_the_model_keeps(benchmark_):
    (batch, *_) = benchmark_.batches(4, labelled=False)
    given = record(parts(benchmark_.model.eval()), lambda: benchmark_.predict(batch))
    vectors, _, head, _ = given["initial pair head"]
    words = (batch.inputs["sentences"] >= 0).sum(1)
    assert len(vectors) == batch.graph.num_kept == int((words * 0.5).long().sum())
    assert len(head) == batch.graph.num_pairs
    between_entities = given["final pair head"][2]
    assert len(between_entities) == len(batch.graph.entity_relations) < len(head)


def test_bare_encoder_gets_the_wordpieces_of_the_batch(benchmark_):
    (batch, *_) = benchmark_.batches(4, labelled=False)
    words = batch.inputs["words"]["tokens"]
    share = benchmark_.encoder_share(batch)
    assert torch.equal(share.inputs["input_ids"], words["token_ids"][:, 0])
    assert share.gradient.shape == (*words["token_ids"][:, 0].shape, TINY.hidden_size)
    assert "entities" not in batch.inputs


def test_without_a_knowledge_base_there_is_one_of_the_names_in_the_sentences(tmp_path):
    sentences = read_keci_sentences(4, tmp_path, tmp_path, tmp_path / "none.sqlite")
    kb = KnowledgeBase(str(sentences.knowledge_base))
    names = {
        document.text_of(mention)
        for document in sentences.documents
        for mention in document.mentions
    }
    assert names
    assert all(kb.lookup(sorted(names)))
    again = read_keci_sentences(4, tmp_path, tmp_path / "no folder", sentences.knowledge_base)
    assert again.knowledge_base == sentences.knowledge_base


def test_target_is_for_an_encoder_of_scibert_size(benchmark_, tmp_path):
    deep = BertConfig(**{**TINY.to_diff_dict(), "num_hidden_layers": 12})
    sentences = read_keci_sentences(4, tmp_path, tmp_path, tmp_path / "none.sqlite")
    row = KeciBenchmark(sentences, KECI_RECIPE, deep).prediction("row", batch_size=4, repeats=1)
    assert row.target == "<= 1.3"
    assert benchmark_.prediction("row", batch_size=4, repeats=1).target is None


def test_too_few_sentences_for_a_batch_are_said(benchmark_):
    with pytest.raises(NotMeasured, match="12 sentences of demo"):
        benchmark_.training("row", batch_size=13, repeats=1)


def test_batches_are_measured_beside_as_many_single_sentences(benchmark_):
    row = benchmark_.batching("row", batch_size=4, repeats=1)
    assert (row.unit, row.ours, row.baseline) == ("sentences/s", "batches of 4", "batches of 1")


@pytest.mark.parametrize("training", [True, False])
def test_breakdown_has_every_part_and_leaves_the_model_as_it_was(benchmark_, training):
    model = benchmark_.model
    breakdown = measure(benchmark_, 4, training, repeats=1)
    names = [part.name for part in parts(model)]
    together = "hidden span vectors and initial entity scores"
    apart = ["hidden span vectors", "initial entity head"]
    for name in [together] if training else apart:
        names.remove(name)
    assert list(breakdown.parts) == names
    assert all(value > 0 for value in breakdown.parts.values())
    assert not any(part.method in vars(part.owner) for part in parts(model))
    lines = breakdown.lines()
    assert len(lines) == 2 + 2 + len(breakdown.parts) + 1
    assert lines[3].startswith("| bare encoder |")
    assert lines[3].endswith("| 100.0 % |")


def test_parts_command_prints_a_table(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("BIO_IE_DATA", str(tmp_path))
    models = {"keci_scibert": (KECI_RECIPE, TINY)}
    monkeypatch.setattr("benchmarks.keci_parts.KECI_MODELS", models)
    keci_parts(["--sentences", "4", "--batch", "2", "--repeats", "1", "--step", "prediction"])
    printed = capsys.readouterr().out
    assert "keci_scibert prediction cpu, 2 of 4 sentences of demo" in printed
    assert "| graph network |" in printed


def test_forms_with_other_numbers_are_not_measured(benchmark_, monkeypatch):
    forms = KeciForms(benchmark_, 4)
    assert "candidates" in forms.linker("linker", 1).note
    plain = keci_forms.dense_linker
    monkeypatch.setattr(keci_forms, "dense_linker", lambda *args: plain(*args) + 1e-3)
    with pytest.raises(AssertionError, match="not close"):
        forms.linker("linker", 1)


def test_linker_row_needs_sentinel_attention(benchmark_, monkeypatch):
    forms = KeciForms(benchmark_, 4)
    monkeypatch.setattr(benchmark_.model.knowledge, "fusion", torch.nn.Identity())
    with pytest.raises(ConfigurationError, match="no SentinelAttention, but Identity"):
        forms.linker("linker", 1)
