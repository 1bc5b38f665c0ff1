"""Makes the page: one HTML file that needs no other files and no server."""

import base64
import hashlib
from importlib import resources
from string import Template
from typing import Iterable, List, Optional, Sequence

from bio_ie.metrics.match_counts import Score
from bio_ie.rendering.card import SIGNS, card
from bio_ie.rendering.escaping import escape
from bio_ie.rendering.legend import Legend
from bio_ie.rendering.view import MISSED, DocumentView, Prediction, document_views
from bio_ie.text.document import Document

KINDS = ("mentions", "relations", "facts")
SCRIPTS = ("arcs.js", "page.js", "scores.js", "pointing.js", "controls.js")
BINS = 25


def render(
    documents: Iterable[Prediction],
    gold: Optional[Iterable[Document]] = None,
    title: str = "Documents",
    documents_alone: bool = False,
) -> str:
    """Makes one self-contained HTML page that shows `documents`.

    The page works without a network. Without JavaScript, only relation arcs and filters are
    missing. The content security policy of the page allows only its own script.

    # Parameters

    documents : `Iterable[Union[Document, Failure]]`
        A `Failure` is a document that could not be predicted.
    gold : `Iterable[Document]`, optional (default = `None`)
        If given, the page shows scores and right, wrong and missed annotations, by exact match
        (`judged_view`).
    title : `str`, optional (default = `"Documents"`)
    documents_alone : `bool`, optional (default = `False`)
        Leave out what is beside the documents: counts, search, view and legend.

    Raises `CorpusError` if a document and its gold have different texts.
    """
    views = document_views(documents, gold)
    judged = gold is not None
    legend = Legend(views)
    script = "".join(_resource(name) for name in SCRIPTS)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return Template(_resource("page.html")).substitute(
        title=escape(title),
        script=script,
        script_digest=digest,
        style=_resource("page.css"),
        state=("judged by-verdict" if judged else "plain") + " alone" * documents_alone,
        summary=_summary(views),
        scores=_score_table(views) if judged else "",
        choices=_choices(views, judged),
        threshold=_threshold(views),
        verdicts=_verdicts() if judged else "",
        legend=legend.html(),
        cards="".join(card(view, number, legend) for number, view in enumerate(views)),
    )


def _resource(name: str) -> str:
    return resources.files(__package__).joinpath(name).read_text(encoding="utf-8")


def _summary(views: Sequence[DocumentView]) -> str:
    tiles = [("documents", len(views))]
    for kind in KINDS:
        shown = [entry for view in views for entry in getattr(view, kind)]
        tiles.append((kind, sum(entry.verdict != MISSED for entry in shown)))
    tiles.append(("failed", sum(view.error is not None for view in views)))
    return "".join(
        f'<div class="{name}"><dt>{name}</dt><dd>{count:,}</dd></div>'
        for name, count in tiles
        if count or name == "documents"
    )


def _score_table(views: Sequence[DocumentView]) -> str:
    rows = []
    for kind in KINDS:
        each = [view.scores[kind] for view in views if view.scores]
        total = Score(*map(sum, zip(*each, strict=True))) if each else Score(0, 0, 0)
        if total == (0, 0, 0):
            continue
        numbers = "".join(
            f"<td>{100 * value:.1f}</td>" for value in (total.precision, total.recall, total.f1)
        )
        rows.append(
            f'<tr data-kind="{kind}"><th scope="row">{kind}</th>{numbers}'
            f'<td class="right">{total.correct:,}</td>'
            f'<td class="wrong">{total.predicted - total.correct:,}</td>'
            f'<td class="missed">{total.gold - total.correct:,}</td></tr>'
        )
    head = "".join(
        f'<th scope="col"><abbr title="{meaning}">{name}</abbr></th>'
        for name, meaning in (
            ("P", "precision, micro, exact match"),
            ("R", "recall, micro, exact match"),
            ("F1", "F1, micro, exact match"),
            (SIGNS["right"], "right"),
            (SIGNS["wrong"], "wrong"),
            (SIGNS["missed"], "missed"),
        )
    )
    return (
        f'<table class="scores"><caption>Compared with gold, exact match</caption>'
        f"<thead><tr><td></td>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table>"
    )


def _choices(views: Sequence[DocumentView], judged: bool) -> str:
    choices = [("all", "all documents")]
    if judged:
        choices += [
            ("errors", "with errors"),
            ("wrong", "with wrong annotations"),
            ("missed", "with missed annotations"),
        ]
    choices += [
        (f"has-{kind}", f"with {kind}")
        for kind in KINDS
        if any(getattr(view, kind) for view in views)
    ]
    if any(view.error is not None for view in views):
        choices.append(("failed", "failed"))
    return "".join(f'<option value="{value}">{label}</option>' for value, label in choices)


def _threshold(views: Sequence[DocumentView]) -> str:
    """The slider for the threshold, with a histogram of the scores; empty without scores."""
    scores: List[float] = [
        shown.score
        for view in views
        for kind in KINDS
        for shown in getattr(view, kind)
        if shown.score is not None
    ]
    if not scores:
        return ""
    histogram = [0] * BINS
    for score in scores:
        histogram[min(BINS - 1, int(min(1.0, max(0.0, score)) * BINS))] += 1
    highest = max(histogram)
    bars = "".join(f'<i style="height:{100 * count / highest:.0f}%"></i>' for count in histogram)
    return (
        '<section class="threshold"><h3><label for="threshold">Score at least</label>'
        '<output id="threshold-value">0.00</output></h3>'
        f'<div class="histogram" aria-hidden="true">{bars}</div>'
        '<input id="threshold" type="range" min="0" max="1" step="0.01" value="0"></section>'
    )


def _verdicts() -> str:
    rows = "".join(
        f'<li><button type="button" class="type {verdict}" aria-pressed="true" '
        f'data-hides="{verdict}"><i class="swatch"></i>{verdict}</button></li>'
        for verdict in SIGNS
    )
    return f'<section class="legend verdicts"><h3>Compared with gold</h3><ul>{rows}</ul></section>'
