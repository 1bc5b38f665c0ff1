from pathlib import Path

import pytest
import torch
from transformers import BertConfig

from benchmarks import fact_forms
from benchmarks.fact_forms import Evidence, FactForms, dense_facts, flat_facts
from benchmarks.peak_memory import peak_memory
from benchmarks.snerl import SnerlBenchmark
from benchmarks.snerl_documents import SNERL_RECIPE, read_snerl_documents
from benchmarks.timing import NotMeasured
from bio_ie.knowledge import KnowledgeBase
from bio_ie.modules.poolings import SmaxPooling

TINY = BertConfig(hidden_size=32, num_hidden_layers=2, num_attention_heads=2, intermediate_size=64)


@pytest.fixture(scope="module")
def benchmark_(tmp_path_factory: pytest.TempPathFactory) -> SnerlBenchmark:
    folder = tmp_path_factory.mktemp("snerl")
    documents = read_snerl_documents(6, folder, folder, folder / "none.sqlite")
    return SnerlBenchmark(documents, SNERL_RECIPE, TINY)


def test_without_a_knowledge_base_there_is_one_of_the_names_in_the_documents(
    tmp_path: Path,
) -> None:
    documents = read_snerl_documents(6, tmp_path, tmp_path, tmp_path / "none.sqlite")
    kb = KnowledgeBase(str(documents.knowledge_base))
    named = {c for d in documents.documents for m in d.mentions for c in m.concept_ids}
    assert named
    assert all(concept in kb for concept in named)
    again = read_snerl_documents(6, tmp_path, tmp_path, documents.knowledge_base)
    assert again.knowledge_base == documents.knowledge_base


def test_measured_model_finds_the_gold_facts(benchmark_: SnerlBenchmark) -> None:
    model = benchmark_.model.eval()
    num_facts = 0
    with torch.no_grad():
        for batch in benchmark_.batches(3, labelled=True):
            benchmark_.predict(batch)
            num_facts += batch.gold.num_facts
    scores = model.get_metrics(reset=True)
    assert num_facts > 3
    # Facts with an entity that no mention may name cannot be found.
    assert scores["fact_correct"] == num_facts
    assert scores["fact_precision"] > 0.5


def test_bare_encoder_gets_the_wordpieces_of_the_batch(benchmark_: SnerlBenchmark) -> None:
    (batch, *_) = benchmark_.batches(3, labelled=False)
    words = batch.inputs["words"]["tokens"]
    share = benchmark_.encoder_share(batch)
    assert torch.equal(share.inputs["input_ids"], words["token_ids"][:, 0])
    assert "facts" not in batch.inputs["graph"]


def test_documents_are_encoded_once_for_each_pair_of_concepts(
    benchmark_: SnerlBenchmark, monkeypatch: pytest.MonkeyPatch
) -> None:
    counts = []
    embedder = benchmark_.model.text_field_embedder
    handle = embedder.register_forward_hook(lambda *args: counts.append(len(args[-1])))
    row = benchmark_.encoding_once("row", batch_size=6, repeats=1)
    handle.remove()
    concepts = [
        {(m.type, c) for m in document.mentions for c in m.concept_ids}
        for document in benchmark_._documents.documents
    ]
    pairs = sum(
        max(1, sum(one[0] < other[0] for one in named for other in named)) for named in concepts
    )
    assert f"{pairs / 6:.1f} pairs of concepts" in row.note
    assert sum(counts) == 3 * (6 + pairs)  # two pairs of measurements to warm up
    assert max(counts) == 6


def test_file_to_facts_reads_as_many_documents_as_the_model_alone_gets(
    benchmark_: SnerlBenchmark,
) -> None:
    row = benchmark_.from_file("row", batch_size=4, repeats=1)
    assert row.unit == "documents/s"
    assert 0 < row.ratio < 2


def test_too_few_documents_for_a_batch_are_said(benchmark_: SnerlBenchmark) -> None:
    with pytest.raises(NotMeasured, match="6 documents of"):
        benchmark_.training("row", batch_size=7, repeats=1)


def test_flat_and_dense_facts_are_the_same_with_their_gradients() -> None:
    evidence, pooling = Evidence.random(4), SmaxPooling(0.3)
    flat, dense = flat_facts(evidence, pooling).exp(), dense_facts(evidence, pooling)
    torch.testing.assert_close(flat, dense)
    weights = torch.randn_like(flat)
    inputs = [evidence.log_p, evidence.scores, pooling.log_temperature]
    ours = torch.autograd.grad((flat * weights).sum(), inputs)
    theirs = torch.autograd.grad((dense * weights).sum(), inputs)
    for one, other in zip(ours, theirs, strict=True):
        torch.testing.assert_close(one, other, atol=1e-4, rtol=1e-4)
    assert evidence.dense_bytes == 4 * int(evidence.chosen.sum()) ** 2 * 4**2 * 14
    peak = peak_memory(lambda: dense_facts(evidence, pooling).sum().backward())
    assert peak >= 0.9 * fact_forms.DENSE_COPIES * evidence.dense_bytes


def test_what_the_machine_has_no_memory_for_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fact_forms, "_memory_of_machine", lambda: 1 << 20)
    with pytest.raises(NotMeasured, match=r"4 mentions: the dense tensors take .* a factor of"):
        FactForms(4).comparison("row", 1)


def test_forms_with_other_numbers_are_not_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "peak memory" in FactForms(4).comparison("row", 1).note
    plain = fact_forms.dense_facts
    monkeypatch.setattr(fact_forms, "dense_facts", lambda *args: plain(*args) + 1e-3)
    with pytest.raises(AssertionError, match="not close"):
        FactForms(4).comparison("row", 1)
