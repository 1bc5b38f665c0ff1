"""A model or a pipeline that predicts documents, for Python programs."""

import threading
from itertools import islice
from typing import Any, Callable, Iterable, Iterator, List, Mapping, Union

from allennlp.common.checks import ConfigurationError

from bio_ie.files.failures import DocumentOrFailure, Failure
from bio_ie.predictors.document_input import as_object, document_from_input
from bio_ie.text.document import Document, DocumentError

Input = Union[str, Document, Mapping[str, Any], List[str]]
"""What a model predicts: a text, a document, one of the JSON objects of `bio-ie predict`, or the
tokens of a sentence."""

Annotate = Callable[[Iterable[DocumentOrFailure]], Iterator[DocumentOrFailure]]

ON_ERROR = ("raise", "skip", "keep")


class PredictionError(ValueError):
    """Raised for a document that could not be predicted.

    # Parameters

    failure : `Failure`
        The id of the document, and the reason.
    """

    def __init__(self, failure: Failure) -> None:
        named = failure.id is None or f"document {failure.id!r}" in failure.error
        super().__init__(failure.error if named else f"document {failure.id!r}: {failure.error}")
        self.failure = failure


class LoadedModel:
    """
    Predicts documents. `bio_ie.load` makes it.

        model = bio_ie.load("runs/demo/model.tar.gz")
        document = model("Severe rash after amoxicillin.")
        for document in model.pipe(texts):
            ...

    Threads may share it. They take turns.

    # Parameters

    path : `str`
        Where it was loaded from.
    annotate : `Callable`
        Annotates a stream of documents.
    takes_mentions : `bool`
        Whether it needs the mentions of its input.
    """

    def __init__(self, path: str, annotate: Annotate, takes_mentions: bool) -> None:
        self.path = path
        self.takes_mentions = takes_mentions
        self._annotate = annotate
        # What gives the inputs of a stream may use the model itself.
        self._turn = threading.RLock()

    def __call__(self, text: Input) -> Document:
        """
        Predicts one text or document.

        # Parameters

        text : `Union[str, Document, Mapping, List[str]]`
            A text of any length, a `Document`, the tokens of a sentence, or an object as in the
            input of `bio-ie predict`: `{"title": ..., "abstract": ...}`.

        # Returns

        `Document`
            The text with `mentions`, `relations` and `facts`. Offsets are those in `text`.

        Raises `PredictionError` if the document cannot be predicted, and `DocumentError` for
        input that is none of the above.
        """
        (document,) = self.pipe([text])
        return document

    def pipe(self, inputs: Iterable[Input], on_error: str = "raise") -> "Iterator[Any]":
        """
        Predicts a stream of texts or documents, in their order. This is much faster than one after
        the other, because sentences of many documents share a batch. So many documents are read
        ahead.

        # Parameters

        inputs : `Iterable[Union[str, Document, Mapping, List[str]]]`
            See `__call__`. Documents without an id are numbered, from 1.
        on_error : `str`, optional (default = `"raise"`)
            What becomes of a document that fails: `"raise"` a `PredictionError`, `"skip"` leaves it
            out, `"keep"` gives a `Failure` with its `id` and its `error` in its place.

        # Returns

        `Iterator[Document]`
            With `on_error="keep"`, of documents and failures.
        """
        if on_error not in ON_ERROR:
            raise ConfigurationError(
                f"on_error must be one of {', '.join(ON_ERROR)}, not {on_error!r}"
            )
        return self._pipe(inputs, on_error)

    def _pipe(self, inputs: Iterable[Input], on_error: str) -> Iterator[DocumentOrFailure]:
        documents = (self._document(value, number) for number, value in enumerate(inputs, 1))
        outputs = self._annotate(documents)
        while True:
            # Other threads may have a turn between two documents.
            with self._turn:
                some = list(islice(outputs, 1))
            if not some:
                return
            (output,) = some
            if isinstance(output, Failure):
                if on_error == "raise":
                    raise PredictionError(output)
                if on_error == "skip":
                    continue
            yield output

    def _document(self, value: Input, number: int) -> DocumentOrFailure:
        if isinstance(value, Document):
            return value
        try:
            return document_from_input(
                as_object(value), str(number), with_mentions=self.takes_mentions
            )
        except DocumentError as error:
            return Failure(error.document_id, str(error))

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {self.path}>"
