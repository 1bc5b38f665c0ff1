"""A classifier over concepts that training has seen and candidates from a knowledge base."""

from typing import NamedTuple, Optional

import torch
from allennlp.common import FromParams
from allennlp.common.checks import ConfigurationError

from bio_ie.data.fields.span_candidates_field import CandidateTensors
from bio_ie.models.multitask_entity_linker.batch_softmax import BatchSoftmax, Classified
from bio_ie.modules.concept_embedders import ConceptEmbedder
from bio_ie.modules.log_probabilities import segment_logsumexp
from bio_ie.modules.text_spans import SpanTable, TextSpans


class ItemCandidates(NamedTuple):
    """`P` candidates of the items to classify. No item has the same concept twice."""

    item: torch.Tensor
    """`[P]`, the item that each is a candidate of."""
    label: torch.Tensor
    """`[P]`, the concept's class; negative if training has not seen it."""
    key: torch.Tensor
    """`[P]`, see `ConceptEmbedder`."""
    score: torch.Tensor
    """`[P]`, the score of the candidate generator."""
    place: torch.Tensor
    """`[P]`, the place of the concept in its text's list of candidates."""

    def select(self, index: torch.Tensor) -> "ItemCandidates":
        return ItemCandidates(*(field[index] for field in self))


def candidates_of(
    candidates: CandidateTensors, spans: TextSpans, num_rows: int, num_words: int
) -> ItemCandidates:
    """Selects the candidates of the given spans, all different, of `num_rows` texts of up to
    `num_words` words."""
    place = SpanTable(spans, num_rows, num_words, max_span_width=num_words)
    item = place.at_words(*candidates["spans"].unbind(1))
    kept = (item >= 0).nonzero().squeeze(1)
    names = ("labels", "keys", "scores", "places")
    return ItemCandidates(item, *(candidates[name] for name in names)).select(kept)


class CandidateRescoring(FromParams):
    """The settings of a `CandidateSoftmax`. It has no `type`.

    # Parameters

    concept_embedder : `ConceptEmbedder`, optional
        Gives vectors of concepts, also of those that training has not seen, from their descriptions
        or from their relations.
    class_dropout : `float`, optional (default = `0.3`)
        In training, the probability that an item's right concept, if it is a candidate, is treated
        as one that training has not seen. So the other parts of the score learn to recognise such
        concepts.
    candidate_score_weight : `float`, optional (default = `1.0`)
        The initial weight of the candidate generator's score.
    """

    def __init__(
        self,
        concept_embedder: Optional[ConceptEmbedder] = None,
        class_dropout: float = 0.3,
        candidate_score_weight: float = 1.0,
    ) -> None:
        if not 0 <= class_dropout < 1:
            raise ConfigurationError(f"class_dropout {class_dropout} is not a probability below 1")
        self.concept_embedder = concept_embedder
        self.class_dropout = class_dropout
        self.candidate_score_weight = candidate_score_weight


class CandidateSoftmax(torch.nn.Module):
    """Scores the classes `c` of training and the candidates `e` of an item `x`. The multi-task
    linking paper has no candidates.

        s(c) = w_c x + b_c  +  [c is a candidate] a(x, c)
        s(e) = b            +  a(x, e)                      training has not seen e
        a(x, e) = v_e P x + alpha g(x, e)

    with `v_e` from the concept embedder and `g` the candidate generator's score. So a mention can
    be linked to a concept that has no class. In training the softmax of an item is over the classes
    of the batch and the item's own candidates.

    # Parameters

    base : `BatchSoftmax`
        Has `w` and `b_c`, and the settings of the loss.
    settings : `CandidateRescoring`
    """

    def __init__(self, base: BatchSoftmax, settings: CandidateRescoring) -> None:
        super().__init__()
        self.base = base
        self.concept_embedder = settings.concept_embedder
        self.class_dropout = settings.class_dropout
        if self.concept_embedder is not None:
            width = self.concept_embedder.get_output_dim()
            self.projection = torch.nn.Linear(base.linear.in_features, width, bias=False)  # P
            # Makes scores as large as those of classes, whatever the lengths of the vectors.
            self.norm = torch.nn.LayerNorm(width, elementwise_affine=False)
        weight = float(settings.candidate_score_weight)
        self.score_weight = torch.nn.Parameter(torch.tensor(weight))  # alpha
        self.unseen_bias = torch.nn.Parameter(torch.zeros(()))  # b

    def loss(
        self, vectors: torch.Tensor, labels: torch.Tensor, candidates: ItemCandidates
    ) -> torch.Tensor:
        """As `BatchSoftmax.loss`, for items `[n, D]` with labels `[n]` and their candidates."""
        has_label = labels >= 0
        new_place = has_label.cumsum(0) - 1
        candidates = candidates.select(has_label[candidates.item].nonzero().squeeze(1))
        candidates = candidates._replace(item=new_place[candidates.item])
        vectors, labels = vectors[has_label], labels[has_label]
        classes, places = self.base.batch_classes(labels)
        scores = self.base.scores(vectors, classes)  # [n, |E|]
        added = self._added(vectors, candidates)  # a, [P]
        item, label = candidates.item, candidates.label
        is_class = label >= 0
        if self.training and self.class_dropout > 0:
            is_hidden = torch.rand(labels.shape, device=labels.device) < self.class_dropout
            is_hidden_here = (label == labels[item]) & is_hidden[item]
        else:
            is_hidden_here = torch.zeros_like(is_class)
        column = torch.searchsorted(classes, label).clamp(max=len(classes) - 1)
        is_present = is_class & (classes[column] == label)
        # What classes of the batch get added for being candidates.
        bonus = torch.where(is_hidden_here, -torch.inf, added)[is_present]
        where = item[is_present], column[is_present]
        scores = scores.index_put(where, bonus.to(scores.dtype), accumulate=True)
        # The other candidates: classes that are not in the batch, and concepts without a class.
        is_other = (~is_present | is_hidden_here).nonzero().squeeze(1)
        other_scores = self._candidate_scores(
            vectors, candidates.select(is_other), added[is_other], is_hidden_here[is_other]
        )
        num_items, num_classes = scores.shape
        rows = torch.arange(num_items, device=labels.device)
        total = segment_logsumexp(
            torch.cat([scores.flatten(), other_scores]),
            torch.cat([rows.repeat_interleave(num_classes), item[is_other]]),
            num_items,
            empty=0.0,
        )
        right = scores[rows, places]
        hidden = is_hidden_here[is_other].nonzero().squeeze(1)
        right = right.index_put((item[is_other][hidden],), other_scores[hidden])
        return self.base.mean_loss(total - right, labels)

    @torch.no_grad()
    def forward(self, vectors: torch.Tensor, candidates: ItemCandidates) -> Classified:
        """The best class or candidate of each item; no gradient. The label of a candidate that
        training has not seen is the number of classes plus its place."""
        num_classes = self.base.linear.out_features
        added = self._added(vectors, candidates)
        labels, probabilities = [], []
        first = 0
        for part in self.base.parts(vectors):
            inside = (candidates.item >= first) & (candidates.item < first + len(part))
            own = candidates.select(inside.nonzero().squeeze(1))
            own = own._replace(item=own.item - first)
            extra = added[inside]
            scores = self.base.all_scores(part)  # [part, C]
            seen = own.label >= 0
            where = own.item[seen], own.label[seen]
            scores = scores.index_put(where, extra[seen].to(scores.dtype), accumulate=True)
            unseen = own.select((~seen).nonzero().squeeze(1))
            others = (self.unseen_bias + extra[~seen]).to(scores.dtype)
            best, label = scores.max(-1)
            best_other = scores.new_full((len(part),), -torch.inf)
            best_other = best_other.scatter_reduce(0, unseen.item, others, "amax")
            # Of equally good candidates, the first.
            is_best = others == best_other[unseen.item]
            place = torch.where(is_best, unseen.place, torch.iinfo(torch.long).max)
            first_best = torch.full_like(label, torch.iinfo(torch.long).max)
            first_best = first_best.scatter_reduce(0, unseen.item, place, "amin")
            labels.append(torch.where(best_other > best, num_classes + first_best, label))
            total = torch.logaddexp(
                scores.logsumexp(-1),
                segment_logsumexp(others, unseen.item, len(part), empty=-torch.inf),
            )
            probabilities.append((torch.maximum(best, best_other) - total).exp())
            first += len(part)
        return Classified(torch.cat(labels), torch.cat(probabilities))

    def _added(self, vectors: torch.Tensor, candidates: ItemCandidates) -> torch.Tensor:
        """The term a of each candidate, `[P]`."""
        added = self.score_weight * candidates.score.to(vectors.dtype)
        if self.concept_embedder is None:
            return added
        no_types = candidates.key.new_zeros(0, 2)
        # Each concept is embedded once.
        keys, place = candidates.key.unique(return_inverse=True)
        concepts = self.norm(self.concept_embedder(keys, no_types).to(vectors.dtype))
        queries = self.projection(vectors)  # [n, concept_dim]
        return added + (queries[candidates.item] * concepts[place]).sum(-1)

    def _candidate_scores(
        self,
        vectors: torch.Tensor,
        candidates: ItemCandidates,
        added: torch.Tensor,
        is_hidden: torch.Tensor,
    ) -> torch.Tensor:
        """The score s of candidates, by their own class if they have one."""
        linear = self.base.linear
        label = candidates.label.clamp(min=0)
        of_class = (linear.weight[label] * vectors[candidates.item]).sum(-1) + linear.bias[label]
        is_class = (candidates.label >= 0) & ~is_hidden
        return added + torch.where(is_class, of_class, self.unseen_bias)
