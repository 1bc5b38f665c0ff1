"""Merges the annotations that several taggers made on the same texts."""

import logging
import re
from dataclasses import replace
from typing import Any, Dict, Iterator, Optional, Sequence, Set, Tuple

from bio_ie.data.corpora.corpus_format import CorpusFormat
from bio_ie.data.corpora.wrappers.several_corpora import SeveralCorporaFormat
from bio_ie.files.corpus_error import CorpusError
from bio_ie.files.corpus_report import CorpusReport
from bio_ie.text.counted import Phrase
from bio_ie.text.document import Document, Mention, Relation, Span

logger = logging.getLogger(__name__)

_Place = Tuple[int, int, str, Tuple[Span, ...]]


@CorpusFormat.register("pooled")
class PooledFormat(SeveralCorporaFormat):
    """Merges the annotations of several corpora with the same documents, such as the diseases that
    one tagger found and the phenotypes that another tagger found (SNERL, "Disease-Phenotype
    Relations").

    Registered as a `CorpusFormat` with name "pooled". Its parameters are those of
    `SeveralCorporaFormat`.

        {"type": "pooled", "format": "pubtator",
         "corpora": ["diseases.PubTator", {"file": "phenotypes.jsonl", "format": "jsonl"}]}

    Documents with the same id are merged. They must have the same text, except for the kind of
    white space. All mentions are kept, also overlapping ones, in text order. Mentions with the same
    offsets and type become one mention with the concept ids of all of them. Everything else about
    it comes from the first corpus that has it. Mentions and entities whose id is already used get
    the suffix `#2`. Equal relations and equal facts are kept once. Passages, sentences and tokens
    are taken from the first corpus that has any.

    Documents come in the order of the first corpus. Documents that it does not have come after
    these. The number of documents that each corpus does not have is noted in the report. As long as
    the corpora have the same documents in the same order, only one document of each is in memory.
    """

    streams = False  # memory grows if the orders of the corpora differ

    def _documents(self, path: str, report: CorpusReport) -> Iterator[Document]:
        corpora = [_Corpus(name, documents) for name, documents in self._opened(path, report)]
        for number, corpus in enumerate(corpora):
            for document in corpus.rest():
                found = [(corpus.name, document)]
                lacking = [earlier.name for earlier in corpora[:number]]
                for other in corpora[number + 1 :]:
                    same = other.take(document.id)
                    if same is None:
                        lacking.append(other.name)
                    else:
                        found.append((other.name, same))
                for name in lacking:
                    absent = f"not in {name}"
                    reason = Phrase(f"documents are {absent}", one=f"document is {absent}")
                    report.noted[reason] += 1
                yield pool(found)
        if report.noted and not report.is_shown:
            logger.warning("\n".join(["pooled corpora:", *report.note_lines()]))


class _Corpus:
    """The documents of a corpus, which can be taken in order or by id, each of them once."""

    def __init__(self, name: str, documents: Iterator[Document]) -> None:
        self.name = name
        self._documents = documents
        self._passed: Dict[str, Document] = {}

    def take(self, document_id: str) -> Optional[Document]:
        if document_id in self._passed:
            return self._passed.pop(document_id)
        for document in self._documents:
            if document.id == document_id:
                return document
            self._passed[document.id] = document
        return None

    def rest(self) -> Iterator[Document]:
        yield from self._passed.values()
        yield from self._documents


def pool(documents: Sequence[Tuple[str, Document]]) -> Document:
    """Merges several documents with the same text into one; see `PooledFormat`. Each is given with
    the name of its corpus.

    Raises `CorpusError` if the texts differ.
    """
    name, first = documents[0]
    for other_name, other in documents[1:]:
        _check_text(first, name, other, other_name)
    mentions: Dict[_Place, Mention] = {}
    relations: Dict[Relation, None] = {}
    mention_ids: Set[str] = set()
    entity_ids: Set[str] = set()
    for _, document in documents:
        entities: Dict[str, str] = {}
        new_ids: Dict[str, str] = {}
        for mention in document.mentions:
            place = (*mention.span, mention.type, mention.fragments)
            if place in mentions:
                mentions[place] = _with_concepts_of(mentions[place], mention)
            else:
                entity_id = mention.entity_id
                if entity_id is not None:
                    if entity_id not in entities:
                        entities[entity_id] = _unused(entity_id, entity_ids)
                    entity_id = entities[entity_id]
                new_id = _unused(mention.id, mention_ids)
                mentions[place] = replace(mention, id=new_id, entity_id=entity_id)
            new_ids[mention.id] = mentions[place].id
        for relation in document.relations:
            head, tail = new_ids[relation.head], new_ids[relation.tail]
            relations.setdefault(replace(relation, head=head, tail=tail))
    layers: Dict[str, Any] = {
        layer: next(filter(None, (getattr(document, layer) for _, document in documents)), ())
        for layer in ("passages", "sentences", "tokens")
    }
    metadata: Dict[str, Any] = {}
    for _, document in reversed(documents):
        metadata.update(document.metadata)
    return replace(
        first,
        **layers,
        mentions=tuple(sorted(mentions.values(), key=lambda mention: mention.span)),
        relations=tuple(relations),
        facts=tuple(dict.fromkeys(fact for _, document in documents for fact in document.facts)),
        metadata=metadata,
    )


def _with_concepts_of(mention: Mention, other: Mention) -> Mention:
    concept_ids = tuple(dict.fromkeys(mention.concept_ids + other.concept_ids))
    return replace(mention, concept_ids=concept_ids)


def _unused(name: str, used: Set[str]) -> str:
    """The name itself, or the name with the first suffix (`#2`, `#3`, ...) that is not used yet."""
    unused, number = name, 1
    while unused in used:
        number += 1
        unused = f"{name}#{number}"
    used.add(unused)
    return unused


def _check_text(first: Document, first_name: str, other: Document, name: str) -> None:
    one, two = (re.sub(r"\s", " ", document.text) for document in (first, other))
    if one == two:
        return
    place = next(
        (place for place, (a, b) in enumerate(zip(one, two, strict=False)) if a != b),
        min(len(one), len(two)),
    )
    raise CorpusError(
        f"its text differs from the text in {first_name} at character {place}: "
        f"{two[place : place + 20]!r} and {one[place : place + 20]!r}",
        name,
        document_id=other.id,
    )
