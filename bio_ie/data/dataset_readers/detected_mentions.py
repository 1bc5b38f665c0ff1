"""Mentions that a trained model finds, for use instead of the mentions of a corpus."""

from collections import OrderedDict
from typing import Dict, List, Optional, Sequence, Tuple

from bio_ie.data.mention_source import MentionSource
from bio_ie.text.document import Document, DocumentError, Mention


class DetectedMentions:
    """The mentions that an archived model finds in documents. The model processes several documents
    at once.

    # Parameters

    archive : `str`
        The archive of a model that predicts mentions. Each process opens it when it first needs it.
    num_documents : `int`, optional (default = `64`)
        The number of documents whose mentions are kept in memory.
    """

    def __init__(self, archive: str, num_documents: int = 64) -> None:
        self._archive = archive
        self._num_documents = num_documents
        self._detector: Optional[MentionSource] = None
        self._expected: Dict[int, Document] = {}
        # Keyed by the identity of the document. The documents are kept too, because a new document
        # could otherwise get the identity of one that was deleted.
        self._found: OrderedDict[int, Tuple[Document, Tuple[Mention, ...]]] = OrderedDict()

    def expect(self, documents: Sequence[Document]) -> None:
        """Announces documents whose mentions will be needed. The first call of `in_document` finds
        the mentions of all of them together."""
        self._expected = {id(document): document for document in documents}

    def in_document(self, document: Document) -> Tuple[Mention, ...]:
        """The mentions that the model finds in a document. Raises `DocumentError` if the model
        fails on it."""
        if id(document) not in self._found:
            self._expected.setdefault(id(document), document)
            new = [d for key, d in self._expected.items() if key not in self._found]
            for known, mentions in zip(new, self._detect(new), strict=True):
                self._found[id(known)] = known, mentions
            self._expected = {}
            while len(self._found) > max(self._num_documents, len(new)):
                self._found.popitem(last=False)
        return self._found[id(document)][1]

    def _detect(self, documents: Sequence[Document]) -> List[Tuple[Mention, ...]]:
        if self._detector is None:
            self._detector = MentionSource.by_name("archive")(self._archive)
        result = []
        for found in self._detector([document.without_annotations() for document in documents]):
            if not isinstance(found, Document):
                raise DocumentError(found.id or "?", f"no mentions could be found: {found.error}")
            result.append(found.mentions)
        return result
