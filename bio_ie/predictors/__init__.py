from bio_ie.files.failures import Failure
from bio_ie.predictors.document_predictor import DocumentPredictor
from bio_ie.predictors.mention_detector import MentionDetector
from bio_ie.predictors.pair_predictor import PairPredictor
