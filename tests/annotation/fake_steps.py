"""Steps that find something without a model."""

import re
import time
from dataclasses import replace
from typing import List, Sequence

from bio_ie.annotation.steps import AnnotationStep
from bio_ie.annotation.steps.annotation_step import MENTIONS
from bio_ie.files.failures import DocumentOrFailure, Failure
from bio_ie.text.document import Document, Mention


class CapitalWords(AnnotationStep):
    """Finds words with a capital. A document whose text has "bad" fails."""

    gives = frozenset([MENTIONS])

    def __init__(self, name: str = "words", seconds: float = 0.0) -> None:
        super().__init__(name)
        self.opened = 0
        self.seconds = seconds

    def files(self) -> List[str]:
        return []

    def open(self, cuda_device: int = -1) -> None:
        self.opened += 1

    def annotate(self, items: Sequence[DocumentOrFailure]) -> List[DocumentOrFailure]:
        time.sleep(self.seconds)
        return [self._annotated(item) for item in items]

    def _annotated(self, item: DocumentOrFailure) -> DocumentOrFailure:
        if not isinstance(item, Document):
            return item
        if "bad" in item.text:
            return Failure(item.id, "a bad text")
        found = re.finditer(r"[A-Z]\w*", item.text)
        mentions = [Mention(f"T{n}", *match.span(), "Word") for n, match in enumerate(found, 1)]
        return item.with_changes(mentions=mentions, relations=(), facts=())


class LowerLinks(AnnotationStep):
    """Links each mention to its own text."""

    needs = frozenset([MENTIONS])
    gives = frozenset(["concepts"])

    def files(self) -> List[str]:
        return []

    def open(self, cuda_device: int = -1) -> None:
        pass

    def annotate(self, items: Sequence[DocumentOrFailure]) -> List[DocumentOrFailure]:
        return [
            item.with_changes(
                mentions=[replace(m, concept_ids=(item.text_of(m).lower(),)) for m in item.mentions]
            )
            if isinstance(item, Document)
            else item
            for item in items
        ]
