"""Selects documents of a corpus, and drops or renames types."""

import logging
from dataclasses import replace
from pathlib import Path
from typing import Any, Dict, Iterable, Iterator, List, Optional, Set, Union

from allennlp.common.checks import ConfigurationError

from bio_ie.data.corpora.corpus_format import CorpusFormat
from bio_ie.data.corpora.wrappers.wrapper_format import WrapperFormat
from bio_ie.files.corpus_report import CorpusReport
from bio_ie.files.source import Source
from bio_ie.text.document import Document, Fact, Mention, Relation

logger = logging.getLogger(__name__)


@CorpusFormat.register("filtered")
class FilteredFormat(WrapperFormat):
    """Passes on the documents that meet all given conditions, and drops or renames types in them.

    Registered as a `CorpusFormat` with name "filtered". For example, this format reads ACE 2004
    without its discourse relations:
    `{"type": "filtered", "format": "lstm_er", "relation_types": {"DISC": null}}`.

    # Parameters

    format : `CorpusFormat`
        Reads the corpus.
    documents : `str`, optional (default = `None`)
        A file with one document id per line. Only these documents are passed on.
    exclude_documents : `str`, optional (default = `None`)
        A file with one document id per line. These documents are not passed on.
    metadata : `Dict[str, Any]`, optional (default = `None`)
        The value, or a list of the values, that a document must have for each of these keys of its
        metadata. A number is the same as its text. If the metadata has a list there, one of its
        items must be such a value.
    with_mentions, with_relations : `List[str]`, optional (default = `None`)
        Only documents with a mention (relation) of one of these types are passed on. The types are
        the original ones of the corpus.
    mention_types, relation_types : `Dict[str, Optional[str]]`, optional (default = `None`)
        The new name of each type, or null to drop the type. Types that are not listed are kept. The
        relations of a dropped mention are dropped, too. Relation types are also the types of facts.
        Relations that become equal are kept once. `metadata` is not changed.
    """

    def __init__(
        self,
        format: CorpusFormat,
        documents: Optional[str] = None,
        exclude_documents: Optional[str] = None,
        metadata: Optional[Dict[str, Any]] = None,
        with_mentions: Optional[List[str]] = None,
        with_relations: Optional[List[str]] = None,
        mention_types: Optional[Dict[str, Optional[str]]] = None,
        relation_types: Optional[Dict[str, Optional[str]]] = None,
    ) -> None:
        super().__init__(format)
        self.streams = format.streams
        self.documents = documents
        self.exclude_documents = exclude_documents
        self.metadata = {
            key: {str(item) for item in (value if isinstance(value, list) else [value])}
            for key, value in (metadata or {}).items()
        }
        self.with_mentions = with_mentions
        self.with_relations = with_relations
        self.mention_types = mention_types or {}
        self.relation_types = relation_types or {}
        conditions = (documents, exclude_documents, metadata, with_mentions, with_relations)
        if not any(conditions) and not self.mention_types and not self.relation_types:
            raise ConfigurationError("a filtered corpus needs at least one filter")

    def _documents(self, path: str, report: CorpusReport) -> Iterator[Document]:
        wanted = self._ids(self.documents)
        unwanted = self._ids(self.exclude_documents)
        seen_ids: Set[str] = set()
        seen_types: Set[str] = set()
        for document in self.format.read(path, report):
            seen_ids.add(document.id)
            seen_types |= _types(document.mentions) | _relation_types(document)
            if wanted is not None and document.id not in wanted:
                continue
            if unwanted is not None and document.id in unwanted:
                continue
            if self._is_wanted(document):
                yield self._with_types(document)
        _warn("documents to keep", path, (wanted or set()) - seen_ids)
        _warn("types", path, {*self.mention_types, *self.relation_types} - seen_types)

    def _ids(self, path: Optional[str]) -> Optional[Set[str]]:
        if path is None:
            return None
        lines = Source(Path(path), path, "raise", CorpusReport()).lines()
        return {line.strip() for line in lines if line.strip()}

    def _is_wanted(self, document: Document) -> bool:
        for key, values in self.metadata.items():
            found = document.metadata.get(key)
            if values.isdisjoint(map(str, found if isinstance(found, list) else [found])):
                return False
        for wanted, found in (
            (self.with_mentions, _types(document.mentions)),
            (self.with_relations, _relation_types(document)),
        ):
            if wanted is not None and found.isdisjoint(wanted):
                return False
        return True

    def _with_types(self, document: Document) -> Document:
        mentions = [
            replace(mention, type=type_)
            for mention in document.mentions
            if (type_ := self.mention_types.get(mention.type, mention.type)) is not None
        ]
        kept = {mention.id for mention in mentions}
        relations = [
            replace(relation, type=type_)
            for relation in document.relations
            if relation.head in kept
            and relation.tail in kept
            and (type_ := self.relation_types.get(relation.type, relation.type)) is not None
        ]
        facts = [
            replace(fact, type=type_)
            for fact in document.facts
            if (type_ := self.relation_types.get(fact.type, fact.type)) is not None
        ]
        return replace(
            document,
            mentions=tuple(mentions),
            relations=tuple(dict.fromkeys(relations)),
            facts=tuple(dict.fromkeys(facts)),
        )


def _types(items: Iterable[Union[Mention, Relation, Fact]]) -> Set[str]:
    return {item.type for item in items}


def _relation_types(document: Document) -> Set[str]:
    return _types(document.relations) | _types(document.facts)


def _warn(what: str, path: str, missing: Set[str]) -> None:
    if missing:
        missing_names = ", ".join(sorted(missing))
        logger.warning("%s: %s that the corpus does not have: %s", path, what, missing_names)
