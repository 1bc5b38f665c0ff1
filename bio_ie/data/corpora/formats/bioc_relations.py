"""Turns the relations of a BioC document into relations between mentions and facts."""

from typing import Any, Dict, List, Mapping, Optional, Set, Tuple

import bioc

from bio_ie.data.corpora.concept_id_notation import ConceptIdNotation
from bio_ie.data.corpora.fact_arguments import FactArguments
from bio_ie.data.corpora.formats.bioc_facts import fact_of_infons
from bio_ie.data.corpora.formats.infons import (
    metadata_of,
    read_infons,
    take_relation_type,
    take_score,
)
from bio_ie.files.bad_items import BadItem, skippable
from bio_ie.files.corpus_error import quoted
from bio_ie.files.source import Source
from bio_ie.text.document import Fact, Mention, Relation


class RelationReader:
    """Reads the relations of one document.

    # Parameters

    source : `Source`
    place : `Mapping[str, Any]`
        The `document_id` and `line` for errors.
    mentions : `Dict[str, Mention]`
        The mentions of the document by their ids.
    repeated : `Set[str]`
        Ids that several annotations of the file have.
    ids : `ConceptIdNotation`
    """

    def __init__(
        self,
        source: Source,
        place: Mapping[str, Any],
        mentions: Dict[str, Mention],
        repeated: Set[str],
        ids: ConceptIdNotation,
    ) -> None:
        self._source = source
        self._place = place
        self._mentions = mentions
        self._repeated = repeated
        self._arguments = FactArguments(ids, mentions.values())

    def read(self, values: List[bioc.BioCRelation]) -> Tuple[List[Relation], List[Fact]]:
        """The relations and the facts. Relations that cannot be read go to `source.problem`."""
        relations: List[Relation] = []
        facts: List[Fact] = []
        others = {str(value.id) for value in values}
        for value in values:
            with skippable(self._source, **self._place):
                infons = read_infons(value.infons)
                found = fact_of_infons(infons, bool(value.nodes), self._arguments)
                facts.extend(found)
                relation = None if found else self._relation(value, infons, others)
                relations.extend([relation] if relation is not None else [])
        self._arguments.note_unknown(facts, self._source.report)
        return relations, facts

    def _relation(
        self, relation: bioc.BioCRelation, infons: Dict[str, Any], others: Set[str]
    ) -> Optional[Relation]:
        """The relation of two mentions. `others` are the ids of relations, which a node can have
        in place of a mention's."""
        if not relation.nodes:
            lose(self._source, self._place, "relations without annotations or concepts")
            return None
        refids = [name_of(node.refid, "a relation's node") for node in relation.nodes]
        unknown = [refid for refid in refids if refid not in self._mentions]
        if len(refids) != 2 or (unknown and others.issuperset(unknown)):
            lose(self._source, self._place, "relations of other than two annotations")
            return None
        if unknown:
            raise BadItem("unknown relation argument", ", ".join(map(repr, unknown)))
        if not self._repeated.isdisjoint(refids):
            ambiguous = ", ".join(map(repr, sorted(self._repeated.intersection(refids))))
            raise BadItem("a relation argument is the id of several annotations", ambiguous)
        type_ = take_relation_type(infons)
        score = take_score(infons)
        roles = [str(node.role) for node in relation.nodes]
        directed = infons.get("directed") != "false"
        if not directed:
            del infons["directed"]
            pairs = sorted(
                zip(refids, roles, strict=True), key=lambda pair: self._mentions[pair[0]].span
            )
            refids, roles = ([pair[side] for pair in pairs] for side in (0, 1))
        metadata = metadata_of(infons)
        if roles == ["tail", "head"]:
            refids.reverse()
        elif roles != ["head", "tail"]:
            metadata["roles"] = roles
        return Relation(type_, refids[0], refids[1], score, directed, metadata or None)


def lose(source: Source, place: Mapping[str, Any], reason: str) -> None:
    """Counts content of BioC that a `Document` cannot hold. This is not an error."""
    source.report.lose(f"{reason} cannot be read", str(source.error(reason, **place)))


def name_of(value: Any, what: str) -> str:
    """The id of an item as text. Raises `BadItem` if it has none."""
    if type(value) not in (str, int):
        raise BadItem(f"{what} has no id", quoted(value))
    return str(value)
