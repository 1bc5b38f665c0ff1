"""The base of the parts that find mentions for documents without mentions."""

from typing import Iterable, Iterator

from allennlp.common import Registrable

from bio_ie.files.failures import DocumentOrFailure


class MentionSource(Registrable):
    """Puts mentions into documents that have none.

    Readers use this base class because they cannot import the implementation: the implementation is
    a predictor, and predictors import readers. The implementation, registered with name "archive",
    is `bio_ie.predictors.mention_detector.MentionDetector`, a trained model.

    # Parameters

    archive : `str`
    cuda_device : `int`, optional (default = `-1`)
    """

    def __init__(self, archive: str, cuda_device: int = -1) -> None:
        self.archive = archive
        self.cuda_device = cuda_device

    def __call__(self, inputs: Iterable[DocumentOrFailure]) -> Iterator[DocumentOrFailure]:
        """The same documents, in order. Documents without mentions get mentions. Failures pass
        through, and a document in which the search for mentions fails becomes a failure."""
        raise NotImplementedError
