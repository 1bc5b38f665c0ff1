"""Shows one document as HTML: its text with marked mentions, and lists of relations and facts."""

from collections import Counter
from typing import Dict, List, Optional

from bio_ie.rendering.escaping import escape
from bio_ie.rendering.legend import Legend
from bio_ie.rendering.markup import Piece, layers, mark_up, passages
from bio_ie.rendering.view import DocumentView, Shown
from bio_ie.text.counted import counted
from bio_ie.text.document import Document, Fact, Mention, Relation

SIGNS = {"right": "✓", "wrong": "✗", "missed": "○"}

CANDIDATES_SHOWN = 5

CHARACTERS_A_LINE = 80
LINE_HEIGHT = 40
"""The height of a line in pixels. Together with `CHARACTERS_A_LINE` it gives an estimate of a
card's height, with which a browser sizes its scroll bar before it has laid out the card."""


def card(view: DocumentView, number: int, legend: Legend) -> str:
    """The `<article>` of one document."""
    document = view.document
    mention_layers = layers([shown.item for shown in view.mentions])
    depth = max(mention_layers, default=0)
    lines = len(document.text) / CHARACTERS_A_LINE + document.text.count("\n") + 1
    style = f"--depth:{depth};--height:{round(lines * (LINE_HEIGHT + 4 * depth) + 90)}px"
    name = escape(document.id)
    parts = [
        f'<article class="card" id="d{number}" style="{style}" aria-label="{name}">',
        f'<header><h2><a href="#d{number}"><bdi>{name}</bdi></a></h2>{_chips(view)}</header>',
        _notices(view),
        _text(view, mention_layers, legend),
        _relations(view, legend),
        _facts(view, legend),
        "</article>\n",
    ]
    return "".join(parts)


def _notices(view: DocumentView) -> str:
    failure = note = ""
    if view.error is not None:
        failure = f'<p class="failure"><b>Prediction failed</b> {escape(view.error)}</p>'
    if view.note is not None:
        note = f'<p class="note">{escape(view.note)}</p>'
    return failure + note


def _chips(view: DocumentView) -> str:
    chips = []
    for kind in ("mentions", "relations", "facts"):
        shown = getattr(view, kind)
        if not shown:
            continue
        score = view.scores.get(kind)
        if score is None:
            chips.append(f"<li>{counted(len(shown), kind[:-1])}</li>")
        else:
            chips.append(
                f'<li class="judged" data-kind="{kind}">{kind} '
                f'<span class="right">{score.correct}</span> '
                f'<span class="wrong">{score.predicted - score.correct}</span> '
                f'<span class="missed">{score.gold - score.correct}</span> '
                f"F1 <b>{100 * score.f1:.1f}</b></li>"
            )
    return f'<ul class="chips">{"".join(chips)}</ul>' if chips else ""


def _text(view: DocumentView, mention_layers: List[int], legend: Legend) -> str:
    document = view.document
    mentions = [shown.item for shown in view.mentions]
    entities = _entity_numbers(mentions)

    def open_tag(piece: Piece) -> str:
        shown = view.mentions[piece.mention]
        mention = shown.item
        classes = [legend.classes("mentions", mention.type), *_state(shown)]
        classes += ["gap"] if piece.gap else []
        classes += ["b"] if piece.begins else []
        attributes = f' data-i="{piece.mention}"'
        if piece.ends:
            classes.append("e")
            attributes += f' data-l="{escape(mention.type)}"'
        if mention_layers[piece.mention]:
            attributes += f' style="--l:{mention_layers[piece.mention]}"'
        if mention.entity_id in entities:
            attributes += f' data-e="{entities[mention.entity_id]}"'
        attributes += _score(shown)
        return f'<mark class="m {" ".join(classes)}"{attributes} title="{_title(shown)}">'

    blocks = [
        f'<p class="passage{" title" if type_.lower() == "title" else ""}" dir="auto"'
        + (f' data-p="{escape(type_)}"' if type_ else "")
        + f">{mark_up(document.text, mentions, start, end, open_tag)}</p>"
        for type_, start, end in passages(document, mentions)
    ]
    return f'<div class="text">{"".join(blocks)}</div>' if blocks else ""


def _entity_numbers(mentions: List[Mention]) -> Dict[Optional[str], int]:
    """A number for each entity with several mentions, which the page highlights together."""
    counts = Counter(mention.entity_id for mention in mentions if mention.entity_id is not None)
    shared = [entity for entity, count in counts.items() if count > 1]
    return {entity: number for number, entity in enumerate(shared)}


def _title(shown: Shown[Mention]) -> str:
    mention = shown.item
    lines = [mention.type + (f" ({shown.verdict})" if shown.verdict else "")]
    if mention.score is not None:
        lines.append(f"score {mention.score:.3f}")
    if mention.concept_ids:
        lines.append("concept " + " | ".join(mention.concept_ids))
    if mention.entity_id is not None:
        lines.append(f"entity {mention.entity_id}")
    lines += _candidates(mention)
    lines.append(f"characters {mention.start}-{mention.end}")
    return escape("\n".join(lines))


def _candidates(mention: Mention) -> List[str]:
    """The concepts to which a model gave a weight, the one with the highest weight first."""
    found = (mention.metadata or {}).get("concepts")
    if not isinstance(found, list):  # a corpus may use this key for anything
        return []
    candidates = [candidate for candidate in found if isinstance(candidate, dict)]
    return [
        f"{candidate['weight']:.2f} {candidate.get('name', '')} ({candidate.get('id', '')})"
        for candidate in candidates[:CANDIDATES_SHOWN]
        if isinstance(candidate.get("weight"), float)
    ]


def _relations(view: DocumentView, legend: Legend) -> str:
    index = {shown.item.id: number for number, shown in enumerate(view.mentions)}
    items = []
    for shown in view.relations:
        relation: Relation = shown.item
        head, tail = index[relation.head], index[relation.tail]
        items.append(
            f'<li class="{" ".join([legend.classes("relations", relation.type), *_state(shown)])}" '
            f'data-h="{head}" data-t="{tail}"{_score(shown)}'
            + ("" if relation.directed else ' data-undirected=""')
            + f">{_quoted(view.document, view.mentions[head].item)} "
            + _predicate(relation.type, relation.directed)
            + f" {_quoted(view.document, view.mentions[tail].item)}"
            + f"{_own_score(relation.score)}</li>"
        )
    return _list("relations", "relation", items)


def _facts(view: DocumentView, legend: Legend) -> str:
    names: Dict[str, str] = {}
    for shown_mention in view.mentions:
        for concept in shown_mention.item.concept_ids:
            names.setdefault(concept, view.document.text_of(shown_mention.item))
    items = []
    for shown in view.facts:
        fact: Fact = shown.item
        items.append(
            f'<li class="{" ".join([legend.classes("facts", fact.type), *_state(shown)])}"'
            f"{_score(shown)}>{_concept(fact.head, names)} {_predicate(fact.type, True)} "
            f"{_concept(fact.tail, names)}{_own_score(fact.score)}</li>"
        )
    return _list("facts", "fact", items)


def _list(kind: str, singular: str, items: List[str]) -> str:
    if not items:
        return ""
    title = counted(len(items), singular, kind)
    # Facts are shown open, because they have no other place on the page. Relations are also drawn
    # into the text.
    return (
        f'<details class="list {kind}"{" open" if kind == "facts" else ""}>'
        f"<summary>{title}</summary><ul>{''.join(items)}</ul></details>"
    )


def _quoted(document: Document, mention: Mention) -> str:
    return f'<q dir="auto">{escape(document.text_of(mention))}</q>'


def _concept(concept: str, names: Dict[str, str]) -> str:
    name = f'<q dir="auto">{escape(names[concept])}</q> ' if concept in names else ""
    return f"{name}<code><bdi>{escape(concept)}</bdi></code>"


def _predicate(type_: str, directed: bool) -> str:
    return f'<b class="predicate{" directed" if directed else ""}"><bdi>{escape(type_)}</bdi></b>'


def _state(shown: Shown) -> List[str]:
    return ([shown.verdict] if shown.verdict else []) + ([] if shown.counted else ["dup"])


def _score(shown: Shown) -> str:
    return "" if shown.score is None else f' data-s="{round(shown.score, 3):g}"'


def _own_score(score: Optional[float]) -> str:
    return "" if score is None else f" <small>{score:.2f}</small>"
