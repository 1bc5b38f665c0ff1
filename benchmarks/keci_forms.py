"""Compares KECI's linker and first layers with plain forms of the same functions.

Both forms get the inputs that the model gave to the function in one prediction. Both forms give the
same numbers, which is checked before anything is measured.
"""

from typing import Any, Callable, Tuple

import torch
from allennlp.common.checks import ConfigurationError
from torch import Tensor
from torch.nn import functional

from benchmarks.bare_encoder import waiting_for
from benchmarks.keci import KeciBenchmark
from benchmarks.keci_parts import parts, record
from benchmarks.timing import Comparison, Side, compare
from bio_ie.modules.knowledge_fusions import SentinelAttention
from bio_ie.modules.pair_scorers.mlp import MlpPairScorer
from bio_ie.modules.span_attention import span_tokens
from bio_ie.modules.span_extractors import EndpointAttentiveSpanExtractor

TOLERANCE = 1e-4


class KeciForms:
    """The comparisons, with the inputs that the model's parts get for a batch of sentences.

    # Parameters

    benchmark : `KeciBenchmark`
    batch_size : `int`
    """

    def __init__(self, benchmark: KeciBenchmark, batch_size: int) -> None:
        model = benchmark.model.eval()
        (batch, *_) = benchmark.batches(batch_size, labelled=False)
        with torch.no_grad():
            self._given = record(parts(model), lambda: benchmark.predict(batch))
        self._model = model
        self._finish = waiting_for(benchmark.device)

    @torch.no_grad()
    def linker(self, row: str, repeats: int) -> Comparison:
        """Compares `sentinel_attention` over the candidates of each span with attention over all
        concepts of the batch, in which concepts that are not candidates are masked."""
        assert self._model.knowledge is not None
        fusion = _expect(self._model.knowledge.fusion, SentinelAttention)
        spans, concepts, links = self._given["fusion"]
        return self._compare(
            row,
            ("candidates", lambda: fusion.fuse_spans(spans, concepts, links).vectors),
            ("spans x concepts", lambda: dense_linker(fusion, spans, concepts, links)),
            repeats,
            f"{len(spans)} spans, {len(concepts)} concepts, {len(links)} candidates",
        )

    def span_layer(self, row: str, repeats: int) -> Comparison:
        """Compares two forms of the first layer of `endpoint_attentive`, with their backward
        pass."""
        extractor = _expect(self._model.span_extractor, EndpointAttentiveSpanExtractor)
        tokens, first, last, *_ = self._given["hidden span vectors and initial entity scores"]
        tokens = tokens.detach().requires_grad_()
        return self._compare(
            row,
            ("factorised", lambda: extractor.first_hidden(tokens, first, last)),
            ("concatenation", lambda: joined_span_layer(extractor, tokens, first, last)),
            repeats,
            f"{len(first)} spans of {len(tokens)} words",
        )

    def pair_layer(self, row: str, repeats: int) -> Comparison:
        """Compares two forms of the first layer of `mlp` with x,y,x*y, with their backward pass."""
        layer = _expect(self._model.initial_head.pair_scorer, MlpPairScorer).first_layer
        vectors, _, head, tail = self._given["initial pair head"]
        vectors = vectors.detach().requires_grad_()

        def joined() -> Tensor:
            x, y = vectors[head], vectors[tail]
            return layer(torch.cat([x, y, x * y], dim=1))

        return self._compare(
            row,
            ("factorised", lambda: layer.pairs(vectors, vectors, head, tail)),
            ("concatenation", joined),
            repeats,
            f"{len(head)} pairs of {len(vectors)} spans",
        )

    def _compare(
        self,
        row: str,
        ours: Tuple[str, Callable[[], Tensor]],
        baseline: Tuple[str, Callable[[], Tensor]],
        repeats: int,
        note: str,
    ) -> Comparison:
        torch.testing.assert_close(ours[1](), baseline[1](), atol=TOLERANCE, rtol=TOLERANCE)

        def side(label: str, form: Callable[[], Tensor]) -> Side:
            def run(_: Any) -> None:
                output = form()
                if output.requires_grad:
                    output.backward(torch.ones_like(output))

            return Side(label, run, lambda _: self._model.zero_grad(set_to_none=True))

        return compare(row, side(*ours), side(*baseline), repeats, note=note, finish=self._finish)


def dense_linker(
    fusion: SentinelAttention, spans: Tensor, concepts: Tensor, links: Tensor
) -> Tensor:
    """Equations 6 to 8 with a score of every span for every concept."""
    candidates, sentinels = fusion.concept_projection(concepts), fusion.sentinel(spans)
    scores = fusion.scorer.dense(spans.unsqueeze(0), candidates.unsqueeze(0))[0, :, :, 0]
    is_candidate = torch.zeros_like(scores, dtype=torch.bool)
    is_candidate[links[:, 0], links[:, 1]] = True
    every_span = torch.arange(len(spans), device=spans.device)
    sentinel_scores = fusion.scorer(spans, sentinels, every_span, every_span)
    weights = torch.cat([scores.masked_fill(~is_candidate, -torch.inf), sentinel_scores], dim=1)
    weights = weights.softmax(1)
    return weights[:, :-1] @ candidates + weights[:, -1:] * sentinels


def joined_span_layer(
    extractor: EndpointAttentiveSpanExtractor, tokens: Tensor, first: Tensor, last: Tensor
) -> Tensor:
    """`W [x_start; x_end; x^; phi] + b`, calculated from the concatenated vector of each span."""
    width = last - first + 1
    members = span_tokens(extractor.attention(tokens).squeeze(1), first, width)
    attended = functional.embedding_bag(
        members.token,
        tokens,
        offsets=width.cumsum(0) - width,
        mode="sum",
        per_sample_weights=members.weight,
    )
    bucket = (width - 1).clamp(max=extractor.width_embedding.num_embeddings - 1)
    joined = [tokens[first], tokens[last], attended, extractor.width_embedding(bucket)]
    return extractor.first_layer(torch.cat(joined, dim=1))


def _expect(part: Any, kind: Any) -> Any:
    if not isinstance(part, kind):
        raise ConfigurationError(f"the model has no {kind.__name__}, but {type(part).__name__}")
    return part
