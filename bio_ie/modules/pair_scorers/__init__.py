from bio_ie.modules.pair_scorers.biaffine import BiaffinePairScorer
from bio_ie.modules.pair_scorers.distmult import DistMultPairScorer
from bio_ie.modules.pair_scorers.linear import LinearPairScorer
from bio_ie.modules.pair_scorers.mlp import MlpPairScorer
from bio_ie.modules.pair_scorers.pair_linear import PairLinear
from bio_ie.modules.pair_scorers.pair_scorer import PairScorer

__all__ = [
    "BiaffinePairScorer",
    "DistMultPairScorer",
    "LinearPairScorer",
    "MlpPairScorer",
    "PairLinear",
    "PairScorer",
]
