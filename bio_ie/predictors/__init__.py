from bio_ie.predictors.document_predictor import DocumentPredictor
from bio_ie.predictors.failures import Failure
from bio_ie.predictors.pair_predictor import PairPredictor
