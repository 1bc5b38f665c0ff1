import gzip
import json
import re
from dataclasses import fields

import pytest
import torch
from transformers import BertConfig

from benchmarks.joint_model import JointModelBenchmark
from benchmarks.keci_sentences import KECI_RECIPE
from benchmarks.measured_models import RELVM_MODELS
from benchmarks.multitask_linker import MULTITASK_PAPER
from benchmarks.run import Settings, main, measure_rows, rows
from benchmarks.sentences import CONLL04_RECIPE, PAPER_MODEL, read_sentences
from benchmarks.snerl_documents import SNERL_RECIPE
from benchmarks.timing import Comparison, NotMeasured

TINY = BertConfig(hidden_size=32, num_hidden_layers=2, num_attention_heads=2, intermediate_size=64)
ROWS = (
    *("tiny_training_cpu", "tiny_prediction_cpu", "annotate_tiny_cpu"),
    *("reading_pubtator", "converting_pubtator", "index_fields", "whole_instances"),
    *("keci_tiny_training_cpu", "keci_tiny_prediction_cpu", "keci_batch_cpu"),
    *("linker", "first_layers_spans", "first_layers_pairs", "background_graphs"),
    *("sentences_and_words", "dictionary_matching"),
    *("relvm_xsmall_decoding_cpu", "relvm_xsmall_training_tiny_cpu"),
    "relvm_xsmall_prediction_tiny_cpu",
    "linking_tfidf",
    *("snerl_tiny_training_cpu", "snerl_tiny_prediction_cpu"),
    "multitask_tiny_90_classes_training_cpu",
    "multitask_tiny_90_classes_prediction_cpu",
    *("fact_pooling_4", "encoding_once", "file_to_facts"),
)


@pytest.fixture
def settings(tmp_path):
    """Settings with hardly any input, no real corpora, and no knowledge base."""
    return Settings(
        tmp_path,
        repeats=2,
        sentences=8,
        abstracts=2,
        training_batch=4,
        prediction_batch=4,
        models={"tiny": (PAPER_MODEL, TINY)},
        keci_models={"keci_tiny": (KECI_RECIPE, TINY)},
        snerl_models={"snerl_tiny": (SNERL_RECIPE, TINY)},
        multitask_models={"multitask_tiny": (MULTITASK_PAPER, TINY)},
        relvm_models={"xsmall": RELVM_MODELS["small"].with_name("xsmall.jsonnet")},
        relvm_encoders={"tiny": TINY},
        relvm_batch=4,
        relvm_words=50,
        mentions=(4,),
        classes=(90,),
        knowledge_base=tmp_path / "none.sqlite",
        snerl_knowledge_base=tmp_path / "none.sqlite",
    )


def test_every_row_is_measured_or_skipped_with_a_reason(settings):
    comparisons, skipped = measure_rows(settings, ROWS)
    assert [comparison.row for comparison in comparisons] == [
        "tiny_training_cpu",
        "tiny_prediction_cpu",
        "annotate_tiny_cpu",
        "keci_tiny_training_cpu",
        "keci_tiny_prediction_cpu",
        "keci_batch_cpu",
        "snerl_tiny_training_cpu",
        "snerl_tiny_prediction_cpu",
        "multitask_tiny_90_classes_training_cpu",
        "multitask_tiny_90_classes_prediction_cpu",
        "relvm_xsmall_decoding_cpu",
        "relvm_xsmall_training_tiny_cpu",
        "relvm_xsmall_prediction_tiny_cpu",
        "index_fields",
        "whole_instances",
        "linker",
        "first_layers_spans",
        "first_layers_pairs",
        "background_graphs",
        "sentences_and_words",
        "dictionary_matching",
        "fact_pooling_4",
        "encoding_once",
        "file_to_facts",
    ]
    assert list(skipped) == ["reading_pubtator", "converting_pubtator", "linking_tfidf"]
    assert all("Set.PubTator.txt.gz" in reason for reason in skipped.values())
    for comparison in comparisons:
        low, high = comparison.ratio_quartiles
        assert 0 < low <= comparison.ratio <= high
        assert comparison.pairs in (1, 2)
        assert re.search(
            "8 sentences of (demo|fixtures|29 words)|spans|demo abstracts|1 documents|4 mentions",
            comparison.note,
        )


def test_pubtator_rows_count_the_documents_of_the_file(settings, fixtures_folder, tmp_path):
    text = (fixtures_folder / "corpora" / "pubtator" / "cdr_like.PubTator.txt").read_bytes()
    (tmp_path / "bc5cdr").mkdir()
    with gzip.open(tmp_path / "bc5cdr" / "CDR_TrainingSet.PubTator.txt.gz", "wb") as file:
        file.write(text)
    comparisons, skipped = measure_rows(settings, ["*_pubtator"])
    assert not skipped
    assert [comparison.unit for comparison in comparisons] == ["documents/s"] * 2
    documents = text.count(b"|t|")
    assert all(comparison.note.startswith(f"{documents} doc") for comparison in comparisons)


@pytest.mark.parametrize("config", [PAPER_MODEL, CONLL04_RECIPE])
def test_measured_model_finds_exactly_the_gold_entities_and_relations(config, tmp_path):
    benchmark = JointModelBenchmark(read_sentences(12, tmp_path), config, TINY)
    benchmark.model.eval()
    entities = 0
    with torch.no_grad():
        for batch in benchmark.batches(6, labelled=True):
            benchmark.answers.set(batch)
            benchmark.model(**batch.inputs)
            entities += batch.counts.entities
    scores = benchmark.model.get_metrics(reset=True)
    assert entities > 12
    assert scores["entity_f1"] == scores["relation_f1"] == 1.0


def test_bare_encoder_gets_the_wordpieces_of_the_batch(tmp_path):
    benchmark = JointModelBenchmark(read_sentences(4, tmp_path), PAPER_MODEL, TINY)
    (batch,) = benchmark.batches(4, labelled=False)
    words = batch.inputs["words"]["tokens"]
    assert torch.equal(batch.encoder_inputs["input_ids"], words["token_ids"][:, 0])
    assert torch.equal(batch.encoder_inputs["attention_mask"], words["wordpiece_mask"][:, 0])
    assert "tags" not in batch.inputs
    assert "relations" not in batch.inputs


def test_too_few_sentences_for_a_batch_are_said(tmp_path):
    benchmark = JointModelBenchmark(read_sentences(3, tmp_path), PAPER_MODEL, TINY)
    with pytest.raises(NotMeasured, match="3 sentences of demo"):
        benchmark.training("row", batch_size=4, repeats=1)


def test_command_prints_a_table_and_writes_json(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("BIO_IE_DATA", str(tmp_path))
    output = tmp_path / "figures.json"
    main(["--quick", "--only", "index_*", "--only", "reading_*", "--output", str(output)])
    printed = capsys.readouterr().out
    assert "| index_fields |" in printed
    assert "skipped (no " in printed
    written = json.loads(output.read_text(encoding="utf-8"))
    assert written["quick"] is True
    assert {"cpu", "cores", "threads", "torch", "date"} <= written["machine"].keys()
    (row,) = written["rows"]
    assert row.keys() == {field.name for field in fields(Comparison)}
    assert list(written["skipped"]) == ["reading_pubtator"]


def test_unknown_row_is_refused_with_the_known_ones():
    with pytest.raises(SystemExit, match=r"no row 'fast'.*scibert_training_cpu"):
        main(["--only", "fast"])


def test_rows_of_the_full_table(tmp_path):
    names = list(rows(Settings(tmp_path)))
    assert len(names) == len(set(names)) == 139
    for name in ("snerl_minilm_training_cpu", "multitask_minilm_500_classes_training_cpu"):
        assert name in names
    for name in ("fact_pooling_100", "encoding_once"):
        assert name in names
    for name in ("keci_scibert_prediction_cpu", "keci_batch_cuda_bf16"):
        assert name in names
    for name in ("relvm_small_decoding_cpu", "relvm_large_prediction_bert_cuda_bf16"):
        assert name in names
    for name in ("scibert_training_cuda_bf16", "minilm_prediction_cpu", "whole_instances"):
        assert name in names
