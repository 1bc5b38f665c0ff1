"""Whole documents with mentions, the concepts that mentions may name, and facts between concepts:
for `snerl`."""

from typing import Any, Dict, List, Optional, Sequence, Tuple, Union

from allennlp.common.checks import ConfigurationError
from allennlp.data import DatasetReader, Instance
from allennlp.data.fields import Field, MetadataField
from allennlp.data.token_indexers import TokenIndexer

from bio_ie.data.concept_items import ConceptItems, FactItem, LinkItem
from bio_ie.data.dataset_readers.scored_data import knowledge_bases_of
from bio_ie.data.dataset_readers.sentence_reader import SentenceReader
from bio_ie.data.fields import DocumentGraphField, Link
from bio_ie.knowledge.candidate_generators import Candidate, CandidateGenerator
from bio_ie.knowledge.knowledge_base import KnowledgeBase
from bio_ie.text.counted import Phrase
from bio_ie.text.document import Document, Mention
from bio_ie.text.sentences import Sentence

_WORDS_BEYOND = Phrase(
    "words beyond max_words were left out", one="word beyond max_words was left out"
)
_MENTIONS_BEYOND_WORDS = Phrase(
    "mentions beyond max_words were left out", one="mention beyond max_words was left out"
)
_MENTIONS_BEYOND = Phrase(
    "mentions beyond max_mentions were left out", one="mention beyond max_mentions was left out"
)
_UNKNOWN_CONCEPTS = Phrase(
    "links to concepts that the knowledge base lacks",
    one="link to a concept that the knowledge base lacks",
)
_UNNAMED_ENTITIES = Phrase(
    "facts of an entity that no mention may name", one="fact of an entity that no mention may name"
)

LINK_MODES = ("candidates", "top_candidate", "linked")


@DatasetReader.register("document_graph")
class DocumentGraphReader(SentenceReader):
    """One instance for each document: its words, its mentions, the concepts that each mention may
    name, and the facts between concepts that the document is known to state (SNERL, "Notations").

    Concepts are written as the knowledge base writes them, even if the corpus writes them
    otherwise. If the knowledge base maps an id of another vocabulary to a concept, the id means
    that concept, and `D003000` means `MESH:D003000`. Whatever is left out is counted in `losses`
    and stays in the gold items of the metadata: for example a fact with an entity that no mention
    may name, or a mention that holds no word.

    Registered as a `DatasetReader` with name "document_graph".

    # Parameters

    token_indexers, corpus, tokenizer, sentence_splitter, align, max_instances, serialization_dir
        See `SentenceReader`.
    kb : `KnowledgeBase`, optional
        Gives the semantic types of concepts, and tells which concept an id means. Without it, ids
        stay as they are.
    candidate_generator : `CandidateGenerator`, optional
        Needed for the first two modes of `links`. It must use the same concepts as `kb`.
    links : `Union[str, Dict[str, str]]`, optional (default = `"candidates"`)
        The concepts that a mention may name. `"candidates"`: the concepts of the candidate
        generator, from which a model chooses. `"top_candidate"`: only the first candidate, taken as
        certain. `"linked"`: the mention's own ids, taken as certain. A dictionary gives a mode for
        each type of mention, with `"*"` for all other types: `{"Disease": "linked", "*":
        "top_candidate"}`.
    entity_supervision : `str`, optional (default = `"facts"`)
        Which entities a document is known to be about. `"facts"`: the entities of its facts (as in
        the paper). `"mentions"`: also the entities of its mentions, if the corpus has their ids.
    max_mentions : `int`, optional (default = `400`)
        The most mentions of a document that are in the graph. Further mentions have no candidates.
    max_words : `int`, optional (default = `2000`)
        The most words of a document that are read.
    mention_detector : `str`, optional
        The archive of a model that finds mentions, to predict from texts without mentions.

    # Fields

    words : `TextField`
    graph : `DocumentGraphField`; its facts and gold entities only when labelled
    metadata : `document_id`, `is_padding`, `mentions` (all mentions of the document),
        `mention_places` (the places of the graph's mentions in `mentions`), `entities` (the concept
        ids of the graph's entities) and, when labelled, `gold_facts` (`FactItem`s) and `gold_links`
        (`LinkItem`s).
    """

    reads_mentions = True

    def __init__(
        self,
        token_indexers: Dict[str, TokenIndexer],
        kb: Optional[KnowledgeBase] = None,
        candidate_generator: Optional[CandidateGenerator] = None,
        links: Union[str, Dict[str, str]] = "candidates",
        entity_supervision: str = "facts",
        align: str = "expand",
        max_mentions: int = 400,
        max_words: int = 2000,
        mention_detector: Optional[str] = None,
        **kwargs: Any,
    ) -> None:
        modes = {"*": links} if isinstance(links, str) else dict(links)
        unknown = sorted(set(modes.values()) - set(LINK_MODES))
        if unknown:
            raise ConfigurationError(f"links: {unknown[0]!r} is not one of {LINK_MODES}")
        needs_candidates = set(modes.values()) != {"linked"}
        if needs_candidates and candidate_generator is None:
            raise ConfigurationError("links that are candidates need a candidate_generator")
        if entity_supervision not in ("facts", "mentions"):
            raise ConfigurationError(
                f"entity_supervision must be 'facts' or 'mentions', not {entity_supervision!r}"
            )
        if max_mentions < 1:
            raise ConfigurationError(f"max_mentions must be positive, not {max_mentions}")
        super().__init__(token_indexers, align=align, max_words=max_words, **kwargs)
        self._kb = kb
        self._candidate_generator = candidate_generator if needs_candidates else None
        self._modes = modes
        self.reads_concepts = "linked" in modes.values()
        self._supervises_mentions = entity_supervision == "mentions"
        self._max_mentions = max_mentions
        self.mention_detector = mention_detector

    def knowledge_bases(self) -> List[KnowledgeBase]:
        return knowledge_bases_of(self._kb, self._candidate_generator)

    def views(self, document: Document) -> List[Sentence]:
        return [Sentence(document, 0, len(document.text), document.mentions, document.relations)]

    def prepare(self, views: Sequence[Sentence]) -> None:
        # The generator caches candidates. Looking up many documents at once takes half the time.
        if self._candidate_generator is not None:
            self._candidate_generator.generate_for_documents([view.document for view in views])

    def view_to_instance(
        self, view: Sentence, labelled: bool = True, is_padding: bool = False
    ) -> Instance:
        document = view.document
        # The view is the whole document, so `mentions` are all mentions of the document.
        mentions, alignment = self.align(view, self.word_spans(view))
        words = alignment.token_spans[: self._max_words]
        self.losses[_WORDS_BEYOND] += len(alignment.token_spans) - len(words)
        places = [
            place
            for place, span in enumerate(alignment.word_spans)
            if span is not None and span[1] < len(words)
        ]
        self.losses[_MENTIONS_BEYOND_WORDS] += sum(
            span is not None and span[1] >= len(words) for span in alignment.word_spans
        )
        self.losses[_MENTIONS_BEYOND] += max(0, len(places) - self._max_mentions)
        places = places[: self._max_mentions]
        items = ConceptItems(document, self._kb)
        entities, links = self._links(document, places, items)
        metadata: Dict[str, Any] = {
            "document_id": document.id,
            "is_padding": is_padding,
            "mentions": mentions,
            "mention_places": places,
            "entities": entities,
        }
        types = self._kb.semantic_types(entities) if self._kb is not None else {}
        graph: Dict[str, Any] = {}
        if labelled:
            metadata["gold_facts"], metadata["gold_links"] = items.facts(), items.links()
            graph = self._labels(entities, metadata["gold_facts"], metadata["gold_links"])
        spans = [alignment.word_spans[place] for place in places]
        instance: Dict[str, Field] = {
            "words": self.text_field(view, words),
            "graph": DocumentGraphField(
                [span for span in spans if span is not None],
                entities,
                [types.get(entity, ()) for entity in entities],
                links,
                **graph,
            ),
            "metadata": MetadataField(metadata),
        }
        return Instance(instance)

    def _links(
        self, document: Document, places: Sequence[int], items: ConceptItems
    ) -> Tuple[List[str], List[Link]]:
        """The entities, and the links from each mention at `places` to the entities that it may
        name."""
        candidates: List[List[Candidate]] = [[] for _ in document.mentions]
        if self._candidate_generator is not None:
            (candidates,) = self._candidate_generator.generate_for_documents([document])
        entities: Dict[str, int] = {}
        links: List[Link] = []
        for number, place in enumerate(places):
            mention, found = document.mentions[place], candidates[place]
            mode = self._mode(mention)
            if mode == "linked":
                found = self._given_concepts(mention, items)
            elif mode == "top_candidate":
                found = found[:1]
            for candidate in found:
                entity = entities.setdefault(candidate.concept_id, len(entities))
                links.append(Link(number, entity, candidate.score, mode != "candidates"))
        return list(entities), links

    def _given_concepts(self, mention: Mention, items: ConceptItems) -> List[Candidate]:
        """The mention's own concepts that the knowledge base has."""
        concepts = dict.fromkeys(map(items.concept, mention.concept_ids))
        known = [concept for concept in concepts if self._kb is None or concept in self._kb]
        lost = len(concepts) - len(known)
        self.losses[_UNKNOWN_CONCEPTS] += lost
        return [Candidate(concept, 1.0) for concept in known]

    def _mode(self, mention: Mention) -> str:
        mode = self._modes.get(mention.type, self._modes.get("*"))
        if mode is None:
            raise ConfigurationError(
                f"links has no mode for mentions of type {mention.type!r}; give the mode of all "
                'other types as "*"'
            )
        return mode

    def _labels(
        self, entities: List[str], facts: Sequence[FactItem], links: Sequence[LinkItem]
    ) -> Dict[str, Any]:
        """The gold facts between entities of the graph, and the gold entities among them."""
        place = {entity: number for number, entity in enumerate(entities)}
        inside = [
            (place[fact.head], fact.type, place[fact.tail])
            for fact in facts
            if fact.head in place and fact.tail in place
        ]
        self.losses[_UNNAMED_ENTITIES] += len(facts) - len(inside)
        about = {concept for fact in facts for concept in (fact.head, fact.tail)}
        if self._supervises_mentions:
            about |= {link.concept_id for link in links}
        known = sorted(place[concept] for concept in about & place.keys())
        return {"facts": inside, "gold_entities": known}
