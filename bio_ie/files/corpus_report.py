"""Counts of what was read or written, and of what was lost on the way."""

import os
from collections import Counter
from dataclasses import dataclass, field
from typing import IO, Callable, Collection, Dict, List, Optional

from bio_ie.files.corpus_error import CorpusError
from bio_ie.text.counted import Phrase, counted
from bio_ie.text.document import Document


def counted_as(what: str, count: int) -> str:
    """The number followed by `what`, which is put into the singular for 1 if it is a `Phrase`."""
    return counted(count, what.one if isinstance(what, Phrase) else what, what)


@dataclass
class CorpusReport:
    """Counts what was read or written, and what was lost on the way, by reason.

    Items that a format leaves out because its settings say so are not losses; they are counted in
    `noted`.

    # Parameters

    on_unread : `Callable[[CorpusError], None]`, optional
        For callers that have to account for every document, such as prediction. It is called with
        the error of each document that could not be read at all, and of each stretch of a file that
        belongs to no known document, before the next document is given. With it, problems inside a
        file are never raised, whatever the format's `on_error`.
    is_shown : `bool`, optional (default = `False`)
        Whether the caller shows the report to the user, so that nobody has to log it.
    """

    documents: int = 0
    mentions: int = 0
    relations: int = 0
    facts: int = 0
    lost: "Counter[str]" = field(default_factory=Counter)
    examples: Dict[str, str] = field(default_factory=dict)
    noted: "Counter[str]" = field(default_factory=Counter)
    on_unread: Optional[Callable[[CorpusError], None]] = field(default=None, repr=False)
    is_shown: bool = False
    file: Optional[IO[bytes]] = field(default=None, repr=False, compare=False)
    """The file that is being read, or was read last."""
    _problems: List[CorpusError] = field(default_factory=list, init=False, repr=False)
    _last_read: Optional[str] = field(default=None, init=False, repr=False)

    def position(self) -> Optional[float]:
        """The share of the file that has been read. `None` where it is not known."""
        raw = getattr(self.file, "myfileobj", None) or self.file
        if raw is None:
            return None
        if raw.closed:
            return 1.0
        try:
            return min(1.0, raw.tell() / max(1, os.fstat(raw.fileno()).st_size))
        except OSError:  # a pipe
            return None

    def add(self, document: Document) -> None:
        self.documents += 1
        self.mentions += len(document.mentions)
        self.relations += len(document.relations)
        self.facts += len(document.facts)

    def lose(self, reason: str, example: str = "", count: int = 1) -> None:
        """Counts `count` losses for `reason`, a phrase without particulars. Keeps the first
        `example`, which has the particulars."""
        if count:
            self.lost[reason] += count
            self.examples.setdefault(reason, example)

    def note(self, what: Phrase, count: int = 1) -> None:
        """Counts `count` items in `noted`: things to know about the input that are no losses."""
        if count:
            self.noted[what] += count

    def lose_input(self, reason: str, error: CorpusError) -> None:
        """Counts a loss while reading. With an `on_unread`, keeps the error until `settle`."""
        self.lose(reason, str(error))
        if self.on_unread is not None:
            self._problems.append(error)

    def add_losses(self, other: "CorpusReport") -> None:
        """Adds what another report counted as lost and noted."""
        self.lost.update(other.lost)
        self.noted.update(other.noted)
        for reason, example in other.examples.items():
            self.examples.setdefault(reason, example)

    @property
    def first_example(self) -> str:
        """The first example of the reason for most losses."""
        return next((self.examples.get(reason, "") for reason, _ in self.lost.most_common(1)), "")

    def note_lines(self) -> List[str]:
        """The counts of `noted`, as lines of text. A `Phrase` has its singular form after "1"."""
        return [f"  {counted_as(what, count)}" for what, count in self.noted.most_common() if count]

    def settle(self, document_id: Optional[str] = None) -> None:
        """Decides which kept errors go to `on_unread`. Call it with each document that was read,
        and without a document at the end of a file.

        Problems of that document, or of the one before it, only cost annotations, and are dropped.
        For any other document, the first problem is given to `on_unread`.
        """
        if self.on_unread is None:
            return
        problems, self._problems = self._problems, []
        known = {document_id, self._last_read}
        for error in problems:
            if error.document_id is None or error.document_id not in known:
                known.add(error.document_id)
                self.on_unread(error)
        self._last_read = document_id

    def lose_fields(self, document: Document, *names: str) -> None:
        """Counts as lost the content of fields that a format cannot hold.

        # Parameters

        document : `Document`
        names : `str`
            Each a field of `Document` (`"sentences"`), or of its items (`"mention.score"`).
        """
        example = f"document {document.id!r}"
        for name in names:
            layer, _, part = name.partition(".")
            if not part:
                count = len(getattr(document, layer))
                self.lose(f"{layer} cannot be written", example, count)
                continue
            values = (getattr(item, part) for item in getattr(document, layer + "s"))
            count = sum(value is not None and value != () for value in values)
            self.lose(f"{part} of a {layer} cannot be written", example, count)

    def lose_metadata(self, document: Document, /, **held: Collection[str]) -> None:
        """Counts as lost the metadata that a format cannot hold.

        # Parameters

        document : `Document`
        held : `Collection[str]`
            The keys of metadata that the format does hold, given by keyword for `document`,
            `passage`, `mention`, `relation` and `fact`.
        """
        example = f"document {document.id!r}"
        for kind in ("document", "passage", "mention", "relation", "fact"):
            items = (document,) if kind == "document" else getattr(document, kind + "s")
            known = frozenset(held.get(kind, ()))
            count = sum(not known.issuperset(item.metadata or ()) for item in items)
            self.lose(f"metadata of a {kind} cannot be written", example, count)

    def __str__(self) -> str:
        counts = ", ".join(
            counted(getattr(self, f"{noun}s"), noun)
            for noun in ("document", "mention", "relation", "fact")
        )
        lines = [counts]
        for reason, count in self.lost.most_common():
            example = self.examples.get(reason, "")
            lines.append(
                f"  lost {count:,}: {reason}" + (f" (first: {example})" if example else "")
            )
        return "\n".join([*lines, *self.note_lines()])
