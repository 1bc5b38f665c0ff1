"""Background knowledge in span and token vectors, compared with one span at a time."""

from typing import Any, Dict, List

import pytest
import torch
from allennlp.common import Params
from allennlp.common.checks import ConfigurationError
from allennlp.data import Batch, Instance, Vocabulary
from torch.testing import assert_close

from bio_ie.data.fields import BackgroundGraphField
from bio_ie.modules.background_knowledge import BackgroundKnowledge
from bio_ie.modules.text_spans import SpanTable, TextSpans, enumerate_spans

WIDTH, TOKEN_DIM, SPAN_DIM = 2, 6, 4
SENTENCES = torch.tensor([[0, 0, 0, 0], [0, 0, -1, -1], [0, 0, 0, -1]])
SENTINEL = {
    "type": "sentinel_attention",
    "scorer": {"type": "mlp", "hidden_dims": [7]},
    "hidden_dims": [5],
}
KAR = {
    "type": "knowledge_attention_recontextualization",
    "hidden_dim": 8,
    "num_heads": 2,
    "feedforward_dim": 7,
    "score_hidden_dim": 3,
}


def graphs() -> List[BackgroundGraphField]:
    """Links to spans of one word, of two words, and of three words, which is wider than any span;
    one text has no links."""
    edges = [(0, "is_a", 1), (1, "inverse:is_a", 0), (1, "has_type", 2)]
    first = BackgroundGraphField(
        [(0, 0, [0, 1]), (1, 2, [1]), (0, 2, [0])],
        ["C1", "C2", "T"],
        [["T"], ["T"], ["T"]],
        edges,
    )
    third = BackgroundGraphField([(1, 1, [0]), (2, 2, [0])], ["C3"], [["T"]])
    return [first, BackgroundGraphField(), third]


@pytest.fixture
def vocab() -> Vocabulary:
    return Vocabulary.from_instances([Instance({"graph": field}) for field in graphs()])


@pytest.fixture
def tensors(vocab: Vocabulary) -> Dict[str, torch.Tensor]:
    batch = Batch([Instance({"graph": field}) for field in graphs()])
    batch.index_instances(vocab)
    return batch.as_tensor_dict()["graph"]


def build(vocab: Vocabulary, fusion: Any, **parts: Any) -> BackgroundKnowledge:
    torch.manual_seed(0)
    params = {
        "concept_embedder": {"type": "learned", "embedding_dim": 5},
        "graph_encoder": {"type": "relational_gcn", "hidden_dims": [5]},
        "fusion": fusion,
        **parts,
    }
    knowledge = BackgroundKnowledge.from_params(
        Params(params), vocab=vocab, token_dim=TOKEN_DIM, span_dim=SPAN_DIM
    )
    return knowledge.double()


def table_of(spans: TextSpans) -> SpanTable:
    return SpanTable(spans, *SENTENCES.shape, WIDTH)


def every_other() -> TextSpans:
    spans = enumerate_spans(SENTENCES, WIDTH)
    return spans.select(torch.arange(0, len(spans.row), 2))


@pytest.mark.parametrize("is_pruned", [False, True])
def test_spans_hear_of_their_own_candidates_alone(
    vocab: Vocabulary, tensors: Dict[str, torch.Tensor], is_pruned: bool
) -> None:
    knowledge = build(vocab, SENTINEL)
    spans = every_other() if is_pruned else enumerate_spans(SENTENCES, WIDTH)
    vectors = torch.randn(len(spans.row), SPAN_DIM, dtype=torch.double)
    graph = knowledge(tensors)
    fused = knowledge.fuse_spans(vectors, table_of(spans), graph)

    linked = set()
    for number, place in enumerate(zip(*(field.tolist() for field in spans), strict=True)):
        nodes = [
            node
            for span, node in tensors["links"].tolist()
            if tuple(tensors["spans"][span].tolist()) == place
        ]
        linked |= {(number, node) for node in nodes}
        links = torch.tensor([[0, node] for node in nodes], dtype=torch.long).view(-1, 2)
        alone = knowledge.fusion.fuse_spans(vectors[number : number + 1], graph.concepts, links)
        assert_close(fused.vectors[number], alone.vectors[0])
        assert_close(fused.sentinel_weights[number], alone.sentinel_weights[0])
        mine = fused.links[:, 0] == number
        assert_close(fused.link_weights[mine].sort()[0], alone.link_weights.sort()[0])
    assert linked
    assert {tuple(link) for link in fused.links.tolist()} == linked
    assert len(fused.links) == len(linked) < len(tensors["links"])  # one is too wide
    assert fused.node_rows.tolist() == [0, 0, 0, 2]


def test_links_to_spans_that_are_not_there_are_dropped(
    vocab: Vocabulary, tensors: Dict[str, torch.Tensor]
) -> None:
    knowledge = build(vocab, SENTINEL)
    empty = torch.zeros(1, dtype=torch.long)
    spans = TextSpans(empty + 1, empty, empty)  # one node, in the text that names nothing
    vectors = torch.randn(1, SPAN_DIM, dtype=torch.double)
    fused = knowledge.fuse_spans(vectors, table_of(spans), knowledge(tensors))
    assert fused.links.shape == (0, 2)
    assert fused.sentinel_weights.tolist() == [1.0]


def test_graph_is_embedded_and_encoded(vocab: Vocabulary, tensors: Dict[str, torch.Tensor]) -> None:
    knowledge = build(vocab, SENTINEL)
    nodes = knowledge.concept_embedder(tensors["keys"], tensors["types"])
    encoded = knowledge(tensors)
    assert_close(encoded.concepts, knowledge.graph_encoder(nodes, tensors["edges"]))
    assert not torch.allclose(encoded.concepts, nodes)
    assert encoded.tensors is tensors
    plain = build(vocab, SENTINEL, graph_encoder={"type": "pass_through"})
    nodes = plain.concept_embedder(tensors["keys"], tensors["types"])
    assert_close(plain(tensors).concepts, nodes)


def test_tokens_hear_of_all_spans_that_name_something(
    vocab: Vocabulary, tensors: Dict[str, torch.Tensor]
) -> None:
    knowledge = build(vocab, KAR)
    assert not knowledge.fuses_spans
    tokens = torch.randn(*SENTENCES.shape, TOKEN_DIM, dtype=torch.double)
    graph = knowledge(tensors)
    found = knowledge.fuse_tokens(tokens, graph)
    expected = knowledge.fusion.fuse_tokens(
        tokens, tensors["spans"], graph.concepts, tensors["links"]
    )
    assert_close(found, expected.vectors)
    changed = (found != tokens).any(-1).any(-1)
    assert changed.tolist() == [True, False, True]


def test_without_fusion_nothing_changes_and_nothing_is_trained(
    vocab: Vocabulary, tensors: Dict[str, torch.Tensor]
) -> None:
    knowledge = build(vocab, {"type": "none"})
    assert list(knowledge.parameters())
    assert not any(parameter.requires_grad for parameter in knowledge.parameters())
    graph = knowledge(tensors)
    tokens = torch.randn(*SENTENCES.shape, TOKEN_DIM, dtype=torch.double)
    assert torch.equal(knowledge.fuse_tokens(tokens, graph), tokens)
    spans = every_other()
    vectors = torch.randn(len(spans.row), SPAN_DIM, dtype=torch.double)
    fused = knowledge.fuse_spans(vectors, table_of(spans), graph)
    assert torch.equal(fused.vectors, vectors)
    assert fused.link_weights is None


@pytest.mark.parametrize("fusion", [SENTINEL, KAR], ids=["spans", "tokens"])
def test_every_parameter_is_trained_without_concepts_too(
    vocab: Vocabulary, tensors: Dict[str, torch.Tensor], fusion: Any
) -> None:
    batch = Batch([Instance({"graph": BackgroundGraphField()}) for _ in SENTENCES])
    batch.index_instances(vocab)
    knowledge = build(vocab, fusion)
    for graph in (tensors, batch.as_tensor_dict()["graph"]):
        knowledge.zero_grad()
        encoded = knowledge(graph)
        spans = every_other()
        vectors = torch.randn(len(spans.row), SPAN_DIM, dtype=torch.double)
        fused = knowledge.fuse_spans(vectors, table_of(spans), encoded).vectors
        tokens = torch.randn(*SENTENCES.shape, TOKEN_DIM, dtype=torch.double)
        (fused.sum() + knowledge.fuse_tokens(tokens, encoded).sum()).backward()
        assert all(p.grad is not None for p in knowledge.parameters() if p.requires_grad)


def test_a_vocabulary_without_relations_is_no_error() -> None:
    field = BackgroundGraphField([(0, 0, [0])], ["C1"], [[]])
    vocab = Vocabulary.from_instances([Instance({"graph": field})])
    batch = Batch([Instance({"graph": field})])
    batch.index_instances(vocab)
    knowledge = build(vocab, SENTINEL)
    assert knowledge(batch.as_tensor_dict()["graph"]).concepts.shape == (1, 5)


def test_a_missing_graph_says_what_to_do(vocab: Vocabulary) -> None:
    with pytest.raises(ConfigurationError, match="give the reader a background"):
        build(vocab, SENTINEL)(None)


def test_metrics_are_those_of_the_embedder(
    vocab: Vocabulary, tensors: Dict[str, torch.Tensor]
) -> None:
    knowledge = build(vocab, SENTINEL)
    knowledge(tensors)
    expected = knowledge.concept_embedder.get_metrics()
    assert knowledge.get_metrics(reset=True) == expected
