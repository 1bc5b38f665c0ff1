"""Adds what a step has found to what a document has already."""

from collections import defaultdict
from dataclasses import replace
from typing import Any, Dict, List, NamedTuple, Optional, Tuple

from bio_ie.data.shards.shard_format import STEP
from bio_ie.text.document import Document, Mention

LINKED_BY, LINK_SCORE, EARLIER_LINKS = "linked_by", "link_score", "earlier_links"
"""Keys of a mention's metadata, for concepts that another step has given than the mention."""


class Merged(NamedTuple):
    """A document with the annotations of all steps so far.

    # Parameters

    document : `Document`
    added : `Dict[str, int]`
        How many mentions, links, relations and facts the last step has given.
    """

    document: Document
    added: Dict[str, int]


def merged(before: Document, found: Document, step: str) -> Merged:
    """
    Adds what a step has found to a document.

    A mention with the place and the type of an earlier one is the earlier one, which keeps its id
    and its score. If the step has linked it, it gets the concepts of the step, with `linked_by` and
    `link_score` in its metadata; concepts that it had before are kept in `earlier_links`. Every
    other mention, and every relation and fact, is added, with the name of the step in its metadata.

    # Parameters

    before : `Document`
    found : `Document`
        The same document, with what the step has found, and with any number of the mentions that it
        was given.
    step : `str`
        The name of the step.
    """
    mentions = list(before.mentions)
    places: Dict[Tuple[Any, ...], List[int]] = defaultdict(list)
    for index, mention in reversed(list(enumerate(mentions))):
        places[_key(mention)].append(index)
    ids: Dict[str, str] = {}
    used = {mention.id for mention in mentions}
    added = {"mentions": 0, "links": 0, "relations": 0, "facts": 0}
    for mention in found.mentions:
        earlier = places.get(_key(mention))
        if earlier:
            index = earlier.pop()
            ids[mention.id] = mentions[index].id
            linked = _linked(mentions[index], mention, step)
            if linked is not None:
                mentions[index] = linked
                added["links"] += len(linked.concept_ids)
            continue
        ids[mention.id] = _new_id(mention.id, used, len(mentions))
        mentions.append(
            replace(mention, id=ids[mention.id], metadata=_with_step(mention.metadata, step))
        )
        added["mentions"] += 1
        added["links"] += len(mention.concept_ids)
    relations = [
        replace(
            relation,
            head=ids[relation.head],
            tail=ids[relation.tail],
            metadata=_with_step(relation.metadata, step),
        )
        for relation in found.relations
    ]
    facts = [replace(fact, metadata=_with_step(fact.metadata, step)) for fact in found.facts]
    added["relations"], added["facts"] = len(relations), len(facts)
    document = before.with_changes(
        mentions=mentions,
        relations=(*before.relations, *relations),
        facts=(*before.facts, *facts),
        metadata={**before.metadata, **found.metadata},
    )
    return Merged(document, added)


def _key(mention: Mention) -> Tuple[Any, ...]:
    return mention.start, mention.end, mention.fragments, mention.type


def _linked(earlier: Mention, found: Mention, step: str) -> Optional[Mention]:
    """The earlier mention with the concepts that the step has found. `None` if it has found none,
    or only those that the mention has."""
    if not found.concept_ids or found.concept_ids == earlier.concept_ids:
        return None
    metadata = dict(earlier.metadata or {})
    if earlier.concept_ids:
        link: Dict[str, Any] = {"concept_ids": list(earlier.concept_ids)}
        if LINK_SCORE in metadata:
            link["score"] = metadata[LINK_SCORE]
        elif earlier.score is not None:
            link["score"] = earlier.score
        if metadata.get(LINKED_BY, metadata.get(STEP)) is not None:
            link[STEP] = metadata.get(LINKED_BY, metadata.get(STEP))
        metadata[EARLIER_LINKS] = [*metadata.get(EARLIER_LINKS, ()), link]
    metadata.pop(LINK_SCORE, None)
    metadata[LINKED_BY] = step
    if found.score is not None:
        metadata[LINK_SCORE] = found.score
    return replace(earlier, concept_ids=found.concept_ids, metadata=metadata)


def _new_id(wanted: str, used: "set[str]", number: int) -> str:
    """An id for a new mention: the one that it has, or another one if that is taken."""
    while wanted in used:
        number += 1
        wanted = f"T{number}"
    used.add(wanted)
    return wanted


def _with_step(metadata: Optional[Dict[str, Any]], step: str) -> Dict[str, Any]:
    return {**(metadata or {}), STEP: step}
