"""BioRelEx: a corpus about protein binding with clusters of names and interactions of clusters."""

import re
from itertools import combinations, product
from typing import Any, Dict, Iterator, List, Mapping, Optional, Set, Tuple

from bio_ie.data.corpora.corpus_format import CorpusFormat
from bio_ie.data.corpora.mention_texts import agrees
from bio_ie.files.bad_items import BadItem, as_object, json_objects, member, skippable
from bio_ie.files.source import Source
from bio_ie.text.document import Document, Mention, Relation

LABEL_SUFFIX = {1: "", 0: "_inconclusive", -1: "_negative"}
"""The suffix of an interaction's type for each label: `bind`, `bind_inconclusive`,
`bind_negative`."""

CONCEPT_LINK = re.compile(
    r"/uniprot/(?P<uniprot>\w+)"
    r"|/entry/(?P<interpro>IPR\w+)"
    r"|/family/(?P<pfam>PF\w+)"
    r"|/compound/(?P<pubchem_compound>\w+)"
    r"|/substance/(?P<pubchem_substance>\w+)"
    r"|/gene/(?:\?term=)?(?P<ncbigene>[0-9]+)"
    r"|/drugs/(?P<drugbank>DB\w+)"
    r"|(?:/EC/|[?&]ec=)(?P<ec>[\w.-]+)"
)
"""Finds the identifier in a cluster's link. The name of the matched group is the prefix of the
concept id."""


@CorpusFormat.register("biorelex")
class BioRelExFormat(CorpusFormat):
    """Reads the JSON of BioRelEx (Khachatrian et al., 2019). Each document is one sentence.

    Registered as a `CorpusFormat` with name "biorelex". Reads the whole file at once.

    * An entity of the file is a cluster of names, each with the spans where it is written. Every
      span becomes a `Mention`. Its `entity_id` is the cluster (`"E0"` for the first), its type is
      the cluster's label, and its concept id (`"uniprot:P04637"`) comes from the cluster's link, if
      there is one. Mentions may be nested.
    * An interaction connects two clusters. Every pair of their mentions becomes one undirected
      `Relation`. For an interaction of a cluster with itself, these are the pairs of two different
      mentions. The label is a part of the relation's type: `bind` (1), `bind_inconclusive` (0) and
      `bind_negative` (-1). An interaction that is listed twice with the same label gives each
      relation only once.
    * The clusters and interactions are kept in `metadata`, because the official score counts them.
      `clusters` is a list of `{"id", "label", "names": {name: is_mentioned}, "is_state",
      "is_mutant", "grounding"}`, and `interactions` is a list of `{"participants": [cluster id,
      cluster id], "type", "label", "implicit"}`, with the repetitions of the file. `paperid` and
      `url` are kept as well.
    """

    streams = False

    def _read(self, source: Source) -> Iterator[Document]:
        seen: Set[str] = set()
        for index, item in json_objects(source, "a sentence"):
            document = None
            with skippable(source, f"number {index}"):
                document_id = member(item, "id", str)
                if document_id in seen:
                    raise BadItem("document id is used twice", repr(document_id))
                seen.add(document_id)
                with skippable(source, document_id):
                    document = _Sentence(source, document_id, item).document()
            if document is not None:
                yield document


class _Sentence:
    """Reads one object of the file."""

    def __init__(self, source: Source, document_id: str, item: Mapping[str, Any]) -> None:
        self.source = source
        self.id = document_id
        self.item = item
        self.text = member(item, "text", str)
        self.mentions: List[Mention] = []
        self.clusters: Dict[int, Dict[str, Any]] = {}
        self.mentions_of: Dict[int, List[Mention]] = {}

    def document(self) -> Document:
        for index, value in enumerate(member(self.item, "entities", list)):
            with skippable(self.source, self.id):
                self._cluster(index, as_object(value, "an entity"))
        interactions: List[Dict[str, Any]] = []
        relations: Dict[Relation, None] = {}  # a set that keeps the file's order
        for value in member(self.item, "interactions", list):
            with skippable(self.source, self.id):
                self._interaction(as_object(value, "an interaction"), interactions, relations)
        metadata: Dict[str, Any] = {
            key: self.item[key] for key in ("paperid", "url") if key in self.item
        }
        metadata.update(clusters=list(self.clusters.values()), interactions=interactions)
        return Document(
            self.id,
            self.text,
            sentences=((0, len(self.text)),) if self.text else (),
            mentions=tuple(self.mentions),
            relations=tuple(relations),
            metadata=metadata,
        )

    def _cluster(self, index: int, entity: Mapping[str, Any]) -> None:
        label = member(entity, "label", str)
        names = member(entity, "names", dict)
        grounding = member(entity, "grounding", dict) if entity.get("grounding") else None
        cluster: Dict[str, Any] = {
            "id": f"E{index}", "label": label, "names": {}, "grounding": grounding
        }  # fmt: skip
        for key in ("is_state", "is_mutant"):
            if key in entity:
                cluster[key] = member(entity, key, bool)
        self.clusters[index] = cluster
        self.mentions_of[index] = []
        for name, value in names.items():
            with skippable(self.source, self.id):
                name_item = as_object(value, "a name")
                cluster["names"][name] = member(name_item, "is_mentioned", bool)
                for place in member(name_item, "mentions", list):
                    with skippable(self.source, self.id):
                        self._mention(index, name, place)

    def _mention(self, index: int, name: str, place: Any) -> None:
        if not isinstance(place, list) or [type(offset) for offset in place] != [int, int]:
            raise BadItem("a mention must be [start, end]", f"found {place!r:.80}")
        start, end = place
        if not 0 <= start < end <= len(self.text):
            raise BadItem("mention is outside the text", f"{name!r} at {start}-{end}")
        found = self.text[start:end]
        if not agrees(name, found, self.source.report):
            raise BadItem("mention's text differs", f"{name!r} but {found!r} at {start}-{end}")
        if any(known.span == (start, end) for known in self.mentions_of[index]):
            raise BadItem("mention is listed twice", f"{name!r} at {start}-{end}")
        cluster = self.clusters[index]
        mention = Mention(
            id=f"T{len(self.mentions) + 1}",
            start=start,
            end=end,
            type=cluster["label"],
            concept_ids=_concept_ids(cluster["grounding"]),
            entity_id=cluster["id"],
        )
        self.mentions.append(mention)
        self.mentions_of[index].append(mention)

    def _interaction(
        self,
        item: Mapping[str, Any],
        interactions: List[Dict[str, Any]],
        relations: Dict[Relation, None],
    ) -> None:
        participants = member(item, "participants", list)
        label = member(item, "label", int)
        if len(participants) != 2:
            raise BadItem("an interaction needs two participants", f"found {participants!r:.80}")
        for participant in participants:
            if type(participant) is not int or participant not in self.clusters:
                raise BadItem(
                    "participant of an interaction is not an entity", f"{participant!r:.80}"
                )
        if label not in LABEL_SUFFIX:
            raise BadItem("label of an interaction must be 1, 0 or -1", f"found {label}")
        interaction: Dict[str, Any] = {
            "participants": [self.clusters[participant]["id"] for participant in participants],
            "type": member(item, "type", str),
            "label": label,
        }
        if "implicit" in item:
            interaction["implicit"] = member(item, "implicit", bool)
        interactions.append(interaction)
        first, second = (self.mentions_of[participant] for participant in participants)
        relation_type = interaction["type"] + LABEL_SUFFIX[label]
        pairs = combinations(first, 2) if first is second else product(first, second)
        for pair in pairs:
            head, tail = sorted(pair, key=lambda mention: (mention.span, self._number(mention)))
            relations[Relation(relation_type, head.id, tail.id, directed=False)] = None

    @staticmethod
    def _number(mention: Mention) -> int:
        return int(mention.id[1:])


def _concept_ids(grounding: Optional[Mapping[str, Any]]) -> Tuple[str, ...]:
    link = (grounding or {}).get("link")
    match = CONCEPT_LINK.search(link) if isinstance(link, str) else None
    if match is None or match.lastgroup is None:
        return ()
    return (f"{match.lastgroup}:{match[match.lastgroup]}",)
