"""Scorers of pairs of vectors."""

from typing import TYPE_CHECKING

from bio_ie.startup.lazy_exports import lazy_exports

if TYPE_CHECKING:
    from bio_ie.modules.pair_scorers.biaffine import BiaffinePairScorer
    from bio_ie.modules.pair_scorers.distmult import DistMultPairScorer
    from bio_ie.modules.pair_scorers.linear import LinearPairScorer
    from bio_ie.modules.pair_scorers.mlp import MlpPairScorer
    from bio_ie.modules.pair_scorers.pair_linear import PairLinear
    from bio_ie.modules.pair_scorers.pair_scorer import PairScorer
else:
    __getattr__ = lazy_exports(__name__)

__all__ = [
    "BiaffinePairScorer",
    "DistMultPairScorer",
    "LinearPairScorer",
    "MlpPairScorer",
    "PairLinear",
    "PairScorer",
]
