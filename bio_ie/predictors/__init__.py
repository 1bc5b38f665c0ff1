"""Predictors."""

from typing import TYPE_CHECKING

from bio_ie.startup.lazy_exports import lazy_exports

if TYPE_CHECKING:
    from bio_ie.files.failures import Failure
    from bio_ie.predictors.document_predictor import DocumentPredictor
    from bio_ie.predictors.mention_detector import MentionDetector
    from bio_ie.predictors.pair_predictor import PairPredictor
else:
    __getattr__ = lazy_exports(__name__)
