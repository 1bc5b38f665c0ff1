"""Mentions that a trained model finds, in place of those that a corpus has."""

from collections import OrderedDict
from typing import Dict, List, Optional, Sequence, Tuple

from bio_ie.data.mention_source import MentionSource
from bio_ie.text.document import Document, DocumentError, Mention


class DetectedMentions:
    """The mentions that an archive finds in documents, looked for in several at once.

    # Parameters

    archive : `str`
        Of a model that predicts mentions. Opened when first needed, in each process by itself.
    num_documents : `int`, optional (default = `64`)
        Of so many documents, what was found is remembered.
    """

    def __init__(self, archive: str, num_documents: int = 64) -> None:
        self._archive = archive
        self._num_documents = num_documents
        self._detector: Optional[MentionSource] = None
        self._expected: Dict[int, Document] = {}
        # By identity. The documents are kept beside, so that no other one can get the same.
        self._found: OrderedDict[int, Tuple[Document, Tuple[Mention, ...]]] = OrderedDict()

    def expect(self, documents: Sequence[Document]) -> None:
        """Documents that will be asked for: the first that is has all of them looked through."""
        self._expected = {id(document): document for document in documents}

    def in_document(self, document: Document) -> Tuple[Mention, ...]:
        """Raises `DocumentError` where the model failed."""
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
