"""Relations of mentions score the same as predictions in a file and as the model's metrics."""

from pathlib import Path
from typing import Optional

import pytest
from allennlp.data.data_loaders import SimpleDataLoader
from allennlp.models import load_archive
from allennlp.predictors import Predictor
from allennlp.training.util import evaluate

from bio_ie.data.corpora import BlindedTsvFormat
from bio_ie.metrics.document_scores import score_documents
from bio_ie.text.document import Document

ARCHIVE = "fixtures/archives/relvm/model.tar.gz"
LINES = (
    ("@GENE$ raises the risk of @DISEASE$.", 1),
    ("Variants of @GENE$ were frequent in @DISEASE$ families.", 0),
    ("@DISEASE$ did not depend on @GENE$ here.", 0),
    ("the risk of @DISEASE$ and @GENE$ here.", 1),
    ("@DISEASE$ families have @GENE$.", 1),
)


@pytest.mark.parametrize("threshold", [None, 1e-30, 1.0])
def test_predictions_score_as_the_model_does(threshold: Optional[float], tmp_path: Path) -> None:
    file = tmp_path / "test.tsv"
    file.write_text("".join(f"{sentence}\t{label}\n" for sentence, label in LINES))
    archive = load_archive(ARCHIVE, overrides={"model.threshold": threshold})
    reader = archive.validation_dataset_reader
    reader.corpus = BlindedTsvFormat()
    loader = SimpleDataLoader(list(reader.read(str(file))), 2, vocab=archive.model.vocab)
    metrics = evaluate(archive.model, loader)

    gold = list(BlindedTsvFormat().read(str(file)))
    predictor = Predictor.from_archive(archive, "document")
    predicted = [
        Document.from_json(predictor.predict_json(document.to_json())) for document in gold
    ]
    scores = score_documents(predicted, gold).relation
    for count in ("correct", "predicted", "gold"):
        assert scores[count] == metrics[count], count
    assert scores["gold"] == 3
    if threshold == 1e-30:
        assert (scores["correct"], scores["predicted"]) == (3, 5)
