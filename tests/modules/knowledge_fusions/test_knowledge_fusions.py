"""The contract of all knowledge fusions, compared with fusing one span and one candidate at a
time."""

import json
from typing import Dict, List, NamedTuple, Tuple

import _jsonnet
import pytest
import torch
from allennlp.common import FromParams, Lazy, Params
from allennlp.common.checks import ConfigurationError

from bio_ie.modules.knowledge_fusions import (
    Fused,
    KnowledgeAttentionRecontextualization,
    KnowledgeFusion,
    SentinelAttention,
)
from tests.modules.comparison import assert_same_function

TOKEN_DIM, SPAN_DIM, CONCEPT_DIM = 6, 4, 5
KAR = """{
    type: "knowledge_attention_recontextualization",
    hidden_dim: 8,
    num_heads: 2,
    feedforward_dim: 7,
    score_hidden_dim: 3,
}"""
CONFIGS = {
    "sentinel_attention": """{
        type: "sentinel_attention",
        scorer: {type: "mlp", hidden_dims: [7, 6]},
        hidden_dims: [9, 8],
    }""",
    "sentinel_attention with biaffine scores": """{
        type: "sentinel_attention",
        scorer: {type: "biaffine"},
        hidden_dims: [],
    }""",
    "knowledge_attention_recontextualization": KAR,
    "none": '{type: "none"}',
}


class Owner(FromParams):
    def __init__(self, knowledge_fusion: Lazy[KnowledgeFusion]) -> None:
        self.knowledge_fusion = knowledge_fusion.construct(
            token_dim=TOKEN_DIM, span_dim=SPAN_DIM, concept_dim=CONCEPT_DIM
        )


def build(snippet: str) -> KnowledgeFusion:
    torch.manual_seed(0)
    config = json.loads(_jsonnet.evaluate_snippet("", f"{{knowledge_fusion: {snippet}}}"))
    return Owner.from_params(Params(config)).knowledge_fusion


@pytest.fixture(params=CONFIGS.values(), ids=CONFIGS.keys())
def fusion(request: pytest.FixtureRequest) -> KnowledgeFusion:
    return build(request.param).double()


class Text(NamedTuple):
    """One text with its own concepts."""

    tokens: torch.Tensor
    spans: List[Tuple[int, int]]
    span_vectors: torch.Tensor
    concepts: torch.Tensor
    links: List[Tuple[int, int]]


def random_text(
    num_words: int, spans: List[Tuple[int, int]], num_concepts: int, links: List[Tuple[int, int]]
) -> Text:
    def random(*shape: int) -> torch.Tensor:
        return torch.randn(*shape, dtype=torch.double, requires_grad=True)

    return Text(
        random(num_words, TOKEN_DIM),
        spans,
        random(len(spans), SPAN_DIM),
        random(num_concepts, CONCEPT_DIM),
        links,
    )


def random_texts() -> List[Text]:
    torch.manual_seed(3)
    return [
        # The second span has no candidate, the last concept no span.
        random_text(5, [(0, 1), (2, 2), (1, 4)], 4, [(2, 0), (0, 1), (0, 2), (2, 2)]),
        random_text(3, [], 0, []),
        random_text(4, [(0, 0)], 0, []),
        random_text(5, [(3, 4), (0, 4)], 1, [(1, 0)]),
    ]


def single_precision(texts: List[Text]) -> List[Text]:
    return [
        text._replace(
            tokens=text.tokens.float(),
            span_vectors=text.span_vectors.float(),
            concepts=text.concepts.float(),
        )
        for text in texts
    ]


def fuse(fusion: KnowledgeFusion, texts: List[Text]) -> Tuple[Fused, Fused]:
    """Fuses the texts as one batch, and returns fused tokens and fused spans."""
    num_words = max(len(text.tokens) for text in texts)
    tokens = torch.stack(
        [
            torch.cat([text.tokens, text.tokens.new_ones(num_words - len(text.tokens), TOKEN_DIM)])
            for text in texts
        ]
    )
    spans, links, num_concepts = [], [], 0
    for row, text in enumerate(texts):
        links += [(len(spans) + span, num_concepts + concept) for span, concept in text.links]
        spans += [(row, first, last) for first, last in text.spans]
        num_concepts += len(text.concepts)
    index = torch.tensor(links).view(-1, 2).long()
    concepts = torch.cat([text.concepts for text in texts])
    span_index = torch.tensor(spans).view(-1, 3).long()
    span_vectors = torch.cat([text.span_vectors for text in texts])
    return (
        fusion.fuse_tokens(tokens, span_index, concepts, index),
        fusion.fuse_spans(span_vectors, concepts, index),
    )


def variables(fusion: KnowledgeFusion, texts: List[Text]) -> List[torch.Tensor]:
    inputs = [
        tensor for text in texts for tensor in (text.tokens, text.span_vectors, text.concepts)
    ]
    return [*inputs, *fusion.parameters()]


def mixture(scores: List[torch.Tensor], vectors: List[torch.Tensor]):
    weights = torch.stack(scores).softmax(0)
    return sum(weight * vector for weight, vector in zip(weights, vectors, strict=True)), weights


def sentinel_reference(fusion: SentinelAttention, text: Text):
    """The fused vectors by equations 6 to 8, span by span."""

    def score(h: torch.Tensor, x: torch.Tensor) -> torch.Tensor:
        index = torch.tensor([0])
        return fusion.scorer(h.unsqueeze(0), x.unsqueeze(0), index, index)[0, 0]

    fused, link_weights, sentinel_weights = [], {}, []
    for i, h in enumerate(text.span_vectors):
        candidates = [concept for span, concept in text.links if span == i]
        n = [fusion.concept_projection(text.concepts[concept]) for concept in candidates]
        c = fusion.sentinel(h)
        vector, weights = mixture([score(h, x) for x in [*n, c]], [*n, c])
        fused.append(vector)
        sentinel_weights.append(weights[-1])
        link_weights.update({(i, j): w for j, w in zip(candidates, weights, strict=False)})
    return fused, [link_weights[link] for link in text.links], sentinel_weights


def attention(module: torch.nn.MultiheadAttention, queries: torch.Tensor, keys: torch.Tensor):
    weight, bias = module.in_proj_weight.chunk(3), module.in_proj_bias.chunk(3)
    q, k, v = (x @ w.T + b for x, w, b in zip((queries, keys, keys), weight, bias, strict=True))
    heads = []
    for one_q, one_k, one_v in zip(*(x.chunk(module.num_heads, 1) for x in (q, k, v)), strict=True):
        heads.append((one_q @ one_k.T / one_k.size(1) ** 0.5).softmax(1) @ one_v)
    return module.out_proj(torch.cat(heads, dim=1))


def kar_reference(fusion: KnowledgeAttentionRecontextualization, text: Text):
    """The fused vectors by the three steps in the class's docstring, for one text."""
    if not text.spans:
        return text.tokens, [], []
    projected = fusion.down(text.tokens)
    pooled = []
    for first, last in text.spans:
        inside = list(projected[first : last + 1])
        pooled.append(mixture([fusion.span_attention(x)[0] for x in inside], inside)[0])
    x, layer = torch.stack(pooled), fusion.span_encoder
    x = layer.norm1(x + attention(layer.self_attn, x, x))
    spans = layer.norm2(x + layer.linear2(torch.relu(layer.linear1(x))))
    knowing, link_weights, null_weights = [], {}, []
    for i, s in enumerate(spans):
        candidates = [concept for span, concept in text.links if span == i]
        e = [fusion.concept_projection(text.concepts[concept]) for concept in candidates]
        e = [*e, fusion.null_concept]
        scores = [fusion.score((s @ one / 8**0.5).view(1))[0] for one in e]
        vector, weights = mixture(scores, e)
        knowing.append(s + vector)
        null_weights.append(weights[-1])
        link_weights.update({(i, j): w for j, w in zip(candidates, weights, strict=False)})
    attended = attention(fusion.token_attention, projected, torch.stack(knowing))
    y = fusion.attention_norm(projected + attended)
    y = fusion.feedforward_norm(y + fusion.feedforward(y))
    tokens = text.tokens + fusion.up(y)
    return tokens, [link_weights[link] for link in text.links], null_weights


def test_every_registered_name_is_tested_here() -> None:
    kinds = {json.loads(_jsonnet.evaluate_snippet("", text))["type"] for text in CONFIGS.values()}
    assert kinds == set(KnowledgeFusion.list_available())


@pytest.mark.parametrize("name", [name for name in CONFIGS if name.startswith("sentinel")])
def test_sentinel_attention_equals_one_span_at_a_time_with_gradients(name: str) -> None:
    fusion, texts = build(CONFIGS[name]).double(), random_texts()
    assert isinstance(fusion, SentinelAttention)
    expected: Tuple[List[torch.Tensor], ...] = ([], [], [])
    for text in texts:
        for part, new in zip(expected, sentinel_reference(fusion, text), strict=True):
            part.extend(new)
    fused = fuse(fusion, texts)[1]
    stacked = [torch.stack(part) for part in expected]
    assert_same_function(list(fused), stacked, variables(fusion, texts))


def test_kar_equals_one_text_and_span_at_a_time_with_gradients() -> None:
    fusion, texts = build(KAR).double(), random_texts()
    assert isinstance(fusion, KnowledgeAttentionRecontextualization)
    fused = fuse(fusion, texts)[0]
    outputs = [fused.vectors[row, : len(text.tokens)] for row, text in enumerate(texts)]
    references = [kar_reference(fusion, text) for text in texts]
    expected = [tokens for tokens, _, _ in references]
    for output, place in ((fused.link_weights, 1), (fused.sentinel_weights, 2)):
        outputs.append(output)
        expected.append(torch.stack([weight for parts in references for weight in parts[place]]))
    assert_same_function(outputs, expected, variables(fusion, texts))


def test_the_hook_that_is_not_overridden_changes_nothing(fusion: KnowledgeFusion) -> None:
    texts = random_texts()
    tokens, spans = fuse(fusion, texts)
    if not fusion.fuses_tokens:
        assert torch.equal(tokens.vectors[0], texts[0].tokens)
        assert tokens[1:] == (None, None)
    if not fusion.fuses_spans:
        assert torch.equal(spans.vectors, torch.cat([text.span_vectors for text in texts]))
        assert spans[1:] == (None, None)


def test_the_hook_that_is_declared_changes_the_vectors(fusion: KnowledgeFusion) -> None:
    texts = random_texts()
    tokens, spans = fuse(fusion, texts)
    changes = (
        not torch.equal(tokens.vectors[0], texts[0].tokens),
        not torch.equal(spans.vectors, torch.cat([text.span_vectors for text in texts])),
    )
    assert changes == (fusion.fuses_tokens, fusion.fuses_spans)


def test_weights_of_a_span_add_up_to_one(fusion: KnowledgeFusion) -> None:
    texts = random_texts()
    index = torch.tensor([2, 0, 0, 2, 5])
    for fused in fuse(fusion, texts):
        if fused.link_weights is not None and fused.sentinel_weights is not None:
            total = fused.sentinel_weights.index_add(0, index, fused.link_weights)
            torch.testing.assert_close(total, torch.ones_like(total))


def test_a_batch_equals_its_parts(fusion: KnowledgeFusion) -> None:
    texts = random_texts()
    fusion.eval()
    tokens, spans = fuse(fusion, texts)
    parts = [fuse(fusion, [text]) for text in texts]
    for row, (text, part) in enumerate(zip(texts, parts, strict=True)):
        torch.testing.assert_close(tokens.vectors[row, : len(text.tokens)], part[0].vectors[0])
    torch.testing.assert_close(spans.vectors, torch.cat([part[1].vectors for part in parts]))


def test_evaluation_without_gradients_gives_the_same(fusion: KnowledgeFusion) -> None:
    fusion.float().eval()
    texts = single_precision(random_texts())
    expected = [fused.vectors for fused in fuse(fusion, texts)]
    with torch.no_grad():
        output = [fused.vectors for fused in fuse(fusion, texts)]
    for one, other in zip(output, expected, strict=True):
        torch.testing.assert_close(one, other, rtol=1e-4, atol=1e-5)


EMPTY: Dict[str, List[Text]] = {
    "no candidates": [random_text(4, [(0, 1), (3, 3)], 0, [])],
    "no spans": [random_text(4, [], 2, [])],
    "one span, one candidate": [random_text(1, [(0, 0)], 1, [(0, 0)])],
}


@pytest.mark.parametrize("name", EMPTY)
def test_empty_inputs_are_finite_and_give_every_parameter_a_gradient(
    fusion: KnowledgeFusion, name: str
) -> None:
    tokens, spans = fuse(fusion, EMPTY[name])
    assert tokens.vectors.isfinite().all()
    assert spans.vectors.isfinite().all()
    if list(fusion.parameters()):
        (tokens.vectors.sum() + spans.vectors.sum()).backward()
        for parameter in fusion.parameters():
            assert parameter.grad is not None
            assert parameter.grad.isfinite().all()


def test_kar_leaves_a_text_without_spans_as_it_is() -> None:
    texts = random_texts()
    fused = fuse(build(KAR).double(), texts)[0]
    assert torch.equal(fused.vectors[1, :3], texts[1].tokens)


def test_half_precision_is_close_to_single(fusion: KnowledgeFusion) -> None:
    fusion.float().eval()
    texts = single_precision(random_texts())
    expected = [fused.vectors for fused in fuse(fusion, texts)]
    with torch.autocast("cpu", dtype=torch.bfloat16):
        output = [fused.vectors for fused in fuse(fusion, texts)]
    for one, other in zip(output, expected, strict=True):
        torch.testing.assert_close(one.float(), other, rtol=0.1, atol=0.1)


def test_dropout_acts_in_training_only() -> None:
    for name in ("sentinel_attention", "knowledge_attention_recontextualization"):
        snippet = CONFIGS[name].replace("{", "{dropout: 0.5, ", 1)
        fusion, texts = build(snippet).double(), random_texts()
        hook = 0 if fusion.fuses_tokens else 1
        first, second = (fuse(fusion, texts)[hook].vectors for _ in range(2))
        assert not torch.equal(first, second)
        fusion.eval()
        first, second = (fuse(fusion, texts)[hook].vectors for _ in range(2))
        assert torch.equal(first, second)


def test_kar_with_heads_that_do_not_divide_the_size_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="8 is not a multiple of num_heads 3"):
        build(KAR.replace("num_heads: 2", "num_heads: 3"))


def test_only_spans_with_candidates_are_scored() -> None:
    fusion = build(CONFIGS["sentinel_attention"])
    assert isinstance(fusion, SentinelAttention)
    sizes = []
    fusion.scorer.register_forward_pre_hook(lambda _, inputs: sizes.append([*map(len, inputs)]))
    links = torch.tensor([[4, 0], [1, 1], [4, 1]])
    spans = torch.randn(6, SPAN_DIM)
    fused = fusion.fuse_spans(spans, torch.randn(2, CONCEPT_DIM), links)
    assert sizes == [[2, 4, 5, 5]]
    assert fused.sentinel_weights is not None
    others = torch.tensor([0, 2, 3, 5])
    assert torch.equal(fused.sentinel_weights[others], torch.ones(4))
    torch.testing.assert_close(fused.vectors[others], fusion.sentinel(spans)[others])
