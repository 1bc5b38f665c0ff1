"""Poolings of scores and vectors."""

from typing import TYPE_CHECKING

from bio_ie.startup.lazy_exports import lazy_exports

if TYPE_CHECKING:
    from bio_ie.modules.poolings.attention import AttentionPooling
    from bio_ie.modules.poolings.logsumexp import LogsumexpPooling
    from bio_ie.modules.poolings.max import MaxPooling
    from bio_ie.modules.poolings.mean import MeanPooling
    from bio_ie.modules.poolings.noisy_or import NoisyOrPooling
    from bio_ie.modules.poolings.pooling import EMPTY_LOGIT, Domain, Pooling
    from bio_ie.modules.poolings.smax import SmaxPooling
else:
    __getattr__ = lazy_exports(__name__)

__all__ = [
    "EMPTY_LOGIT",
    "AttentionPooling",
    "Domain",
    "LogsumexpPooling",
    "MaxPooling",
    "MeanPooling",
    "NoisyOrPooling",
    "Pooling",
    "SmaxPooling",
]
