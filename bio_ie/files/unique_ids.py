"""Makes document ids unique if a corpus uses an id twice."""

import logging
from collections import Counter

logger = logging.getLogger(__name__)


class UniqueIds:
    """Makes document ids unique. The second document with an id gets the suffix `#2`, the third
    `#3`, and so on, with one warning. No document is dropped, because a corpus may contain a text
    twice.

    # Parameters

    name : `str`
        The name of the input, for the warning.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._count: Counter[str] = Counter()
        self._given: set[str] = set()
        self._reserved: set[str] = set()
        self._warned = False

    def reserve(self, document_id: str) -> str:
        """The unique id of a document that is still being parsed, so that errors can name it. The
        next call with this id returns it as it is."""
        unique = self._new(document_id)
        self._reserved.add(unique)
        return unique

    def __call__(self, document_id: str) -> str:
        """The id that a document gets."""
        if document_id in self._reserved:
            self._reserved.remove(document_id)
            return document_id
        return self._new(document_id)

    def _new(self, document_id: str) -> str:
        unique = document_id
        while unique in self._given:
            self._count[document_id] += 1
            unique = f"{document_id}#{self._count[document_id] + 1}"
        self._given.add(unique)
        if unique != document_id and not self._warned:
            self._warned = True
            logger.warning(
                "%s: document id %r occurs more than once; repeated ids get #2, #3, ...",
                self._name,
                document_id,
            )
        return unique
