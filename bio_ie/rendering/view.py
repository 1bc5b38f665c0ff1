"""The annotations of a document that a page shows, compared with gold annotations, if given."""

from collections import defaultdict, deque
from dataclasses import dataclass, field, replace
from itertools import count
from typing import (
    AbstractSet,
    Deque,
    Dict,
    Generic,
    Hashable,
    Iterable,
    List,
    Optional,
    Sequence,
    Tuple,
    TypeVar,
    Union,
)

from bio_ie.data.items import EntityItem, entity_item, relation_items
from bio_ie.files.corpus_error import CorpusError
from bio_ie.files.failures import Failure
from bio_ie.metrics.match_counts import Score
from bio_ie.text.document import Document, Fact, Mention, Relation

RIGHT, WRONG, MISSED = "right", "wrong", "missed"

Item = TypeVar("Item", Mention, Relation, Fact)

Prediction = Union[Document, Failure]


@dataclass(frozen=True)
class Shown(Generic[Item]):
    """One annotation on the page.

    # Parameters

    item : `Mention`, `Relation` or `Fact`
        The ids of a `Relation` are those of `DocumentView.mentions`.
    verdict : `str`, optional
        `"right"`, `"wrong"` or `"missed"`; `None` when there is no gold.
    score : `float`, optional
        The annotation is shown for thresholds up to this score. For a relation, it is the lowest
        one of its own score and the scores of its two mentions.
    counted : `bool`, optional (default = `True`)
        Whether the annotation is counted. It is not if it repeats another one of the document.
    """

    item: Item
    verdict: Optional[str] = None
    score: Optional[float] = None
    counted: bool = True


@dataclass(frozen=True)
class DocumentView:
    """One document as the page shows it.

    The keys of `scores` are `"mentions"`, `"relations"` and `"facts"`; it is empty without gold.
    """

    document: Document
    mentions: Sequence[Shown[Mention]] = ()
    relations: Sequence[Shown[Relation]] = ()
    facts: Sequence[Shown[Fact]] = ()
    scores: Dict[str, Score] = field(default_factory=dict)
    error: Optional[str] = None
    note: Optional[str] = None


def document_views(
    predictions: Iterable[Prediction], gold: Optional[Iterable[Document]] = None
) -> List[DocumentView]:
    """Pairs predictions with gold documents by id and compares them. If an id occurs several times,
    the n-th prediction is paired with the n-th gold document.

    If a prediction failed or is absent, all gold annotations of its document are missed. A
    prediction without gold is not judged.

    Raises `CorpusError` if the two texts of a document differ, because offsets could then not be
    compared.
    """
    if gold is None:
        return [_plain_view(prediction) for prediction in predictions]
    waiting: Dict[str, Deque[Document]] = defaultdict(deque)
    for document in gold:
        waiting[document.id].append(document)
    views = []
    for prediction in predictions:
        match = _next(waiting, prediction.id)
        if match is None:
            views.append(
                _plain_view(prediction, note="This document is not in the gold file: not scored.")
            )
        else:
            views.append(judged_view(prediction, match))
    for left in waiting.values():
        for document in left:
            absent = document.without_annotations()
            views.append(
                judged_view(absent, document, note="This document is not among the predictions.")
            )
    return views


def _next(waiting: Dict[str, Deque[Document]], identifier: Optional[str]) -> Optional[Document]:
    documents = waiting.get(identifier) if identifier is not None else None
    return documents.popleft() if documents else None


def judged_view(prediction: Prediction, gold: Document, note: Optional[str] = None) -> DocumentView:
    """Compares `prediction` with `gold` by exact match. Two mentions match if they have the same
    (start, end, type), two relations if they have the same type and both mentions match, and two
    facts if they have the same (type, head, tail)."""
    error = None
    if isinstance(prediction, Failure):
        error = prediction.error
        prediction = gold.without_annotations()
    elif prediction.text != gold.text:
        raise CorpusError("its text differs from the gold text", document_id=gold.id)
    mentions, shown_id, mention_score = _judge_mentions(prediction, gold)
    relations, relation_score = _judge_relations(prediction, gold, shown_id)
    facts, fact_score = _judge(
        [(_fact_key(fact), fact, fact.score) for fact in prediction.facts],
        [(_fact_key(fact), fact) for fact in gold.facts],
    )
    scores = {"mentions": mention_score, "relations": relation_score, "facts": fact_score}
    return DocumentView(prediction, mentions, relations, facts, scores, error, note)


def _plain_view(prediction: Prediction, note: Optional[str] = None) -> DocumentView:
    if isinstance(prediction, Failure):
        return DocumentView(Document(prediction.id or "?", ""), error=prediction.error, note=note)
    score = {mention.id: mention.score for mention in prediction.mentions}
    return DocumentView(
        prediction,
        [Shown(mention, score=mention.score) for mention in prediction.mentions],
        [
            Shown(
                relation,
                score=_lowest(relation.score, score[relation.head], score[relation.tail]),
            )
            for relation in prediction.relations
        ],
        [Shown(fact, score=fact.score) for fact in prediction.facts],
        note=note,
    )


def _judge_mentions(
    prediction: Document, gold: Document
) -> Tuple[List[Shown[Mention]], Dict[EntityItem, str], Score]:
    """The mentions to show, the id under which each item is shown, and the score."""
    judged, score = _judge(
        [(entity_item(mention), mention, mention.score) for mention in prediction.mentions],
        [(entity_item(mention), mention) for mention in gold.mentions],
    )
    taken = {mention.id for mention in prediction.mentions}
    shown = []
    for entry in judged:
        if entry.verdict == MISSED and entry.item.id in taken:
            # Predicted and gold mentions may have the same ids, but on the page ids must differ.
            entry = replace(entry, item=replace(entry.item, id=_fresh_id(entry.item.id, taken)))
        taken.add(entry.item.id)
        shown.append(entry)
    shown_id = {entity_item(entry.item): entry.item.id for entry in shown if entry.counted}
    return shown, shown_id, score


def _judge_relations(
    prediction: Document, gold: Document, shown_id: Dict[EntityItem, str]
) -> Tuple[List[Shown[Relation]], Score]:
    scores = {mention.id: mention.score for mention in prediction.mentions}
    predicted = [
        (item, relation, _lowest(relation.score, scores[relation.head], scores[relation.tail]))
        for item, relation in zip(relation_items(prediction), prediction.relations, strict=True)
    ]
    wanted = [
        (item, replace(relation, head=shown_id[item[0]], tail=shown_id[item[1]]))
        for item, relation in zip(relation_items(gold), gold.relations, strict=True)
    ]
    return _judge(predicted, wanted)


def _judge(
    predicted: Sequence[Tuple[Hashable, Item, Optional[float]]],
    gold: Sequence[Tuple[Hashable, Item]],
) -> Tuple[List[Shown[Item]], Score]:
    """The predicted items with their verdicts, followed by the gold items without a match, and the
    score. Of several predictions with the same key, only the one with the best score is counted."""
    best: Dict[Hashable, int] = {}
    for index, (key, _, score) in enumerate(predicted):
        if key not in best or _rank(score) > _rank(predicted[best[key]][2]):
            best[key] = index
    gold_keys = {key for key, _ in gold}
    shown = [
        Shown(item, RIGHT if key in gold_keys else WRONG, score, counted=best[key] == index)
        for index, (key, item, score) in enumerate(predicted)
    ]
    missed = {key: item for key, item in reversed(gold) if key not in best}
    shown += [Shown(item, MISSED) for item in reversed(list(missed.values()))]
    right = len(gold_keys & best.keys())
    return shown, Score(right, len(best), len(gold_keys))


def _fact_key(fact: Fact) -> Tuple[str, str, str]:
    return fact.type, fact.head, fact.tail


def _fresh_id(name: str, taken: AbstractSet[str]) -> str:
    candidates = (f"{name} (gold {number})" for number in count(1))
    return next(candidate for candidate in candidates if candidate not in taken)


def _lowest(*scores: Optional[float]) -> Optional[float]:
    return min((score for score in scores if score is not None), default=None)


def _rank(score: Optional[float]) -> float:
    return 1.0 if score is None else score
