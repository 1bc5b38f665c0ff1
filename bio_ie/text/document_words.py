"""A cache of the words of sentences, which are needed for a sentence itself and as context of its
neighbours."""

from typing import Callable, Dict, List, Optional

from bio_ie.text.document import Document, Span


class DocumentWords:
    """Caches the words of sentences, for one document at a time: the one asked for last."""

    def __init__(self) -> None:
        self._document: Optional[Document] = None
        self._words: Dict[Span, List[Span]] = {}

    def __call__(
        self, document: Document, span: Span, make: Callable[[], List[Span]]
    ) -> List[Span]:
        if document is not self._document:
            self._document, self._words = document, {}
        if span not in self._words:
            self._words[span] = make()
        return self._words[span]
