"""Where the mentions of a document come from that has none."""

from typing import Iterable, Iterator

from allennlp.common import Registrable

from bio_ie.files.failures import DocumentOrFailure


class MentionSource(Registrable):
    """Puts mentions into documents that have none.

    A reader needs a model's predictions here, and predictors need readers: so this base is all that
    a reader knows. The implementation registered as "archive" is
    `bio_ie.predictors.mention_detector.MentionDetector`, a trained model.

    # Parameters

    archive : `str`
    cuda_device : `int`, optional (default = `-1`)
    """

    def __init__(self, archive: str, cuda_device: int = -1) -> None:
        self.archive = archive
        self.cuda_device = cuda_device

    def __call__(self, inputs: Iterable[DocumentOrFailure]) -> Iterator[DocumentOrFailure]:
        """The same documents, in order. Those without mentions get mentions. Failures pass through,
        and a document in which no mentions could be looked for becomes a failure."""
        raise NotImplementedError
