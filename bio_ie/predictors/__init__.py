from bio_ie.predictors.document_predictor import DocumentPredictor, Failure
