"""The spans that a task finds in a batch, each with a label."""

from typing import NamedTuple

import torch

from bio_ie.modules.ragged import ranges
from bio_ie.modules.tagging import WordLabelScheme
from bio_ie.modules.text_spans import TextSpans, span_products


class TaskSpans(NamedTuple):
    """`S` spans of a batch, with labels and probabilities."""

    spans: TextSpans
    label: torch.Tensor
    """`[S]`; the meaning of labels depends on the task."""
    probability: torch.Tensor
    """`[S]`"""

    def select(self, index: torch.Tensor) -> "TaskSpans":
        """The spans at the places `index`, which ascend."""
        return TaskSpans(self.spans.select(index), self.label[index], self.probability[index])


class WordLabels(NamedTuple):
    """The labels that a task gives the words of a batch."""

    label: torch.Tensor
    """`[B, S]`; padding may have any label."""
    probability: torch.Tensor
    """`[B, S]`"""


def labelled_runs(scheme: WordLabelScheme, words: WordLabels, mask: torch.Tensor) -> TaskSpans:
    """The entities that the labels of words form, each with its type (an index into `scheme.types`)
    and the product of its words' probabilities. `mask` is `[B, S]`."""
    runs = scheme.entity_runs(words.label, mask)
    row, last = runs.is_last.nonzero(as_tuple=True)
    spans = TextSpans(row, runs.start[row, last], last)
    probability = span_products(words.probability, spans)
    return TaskSpans(spans, runs.type[row, last], probability)


def voted_labels(scheme: WordLabelScheme, words: WordLabels, spans: TextSpans) -> TaskSpans:
    """Gives each span the type that most of its words have, weighted by the words' probabilities;
    -1 if none of its words has a type. Of types with equal votes, the first wins. The probability
    is the mean over all words of the span."""
    width = spans.last - spans.first + 1
    owner, place = ranges(width)
    row, word = spans.row[owner], spans.first[owner] + place
    type_ = scheme.tag_type[words.label[row, word]]
    weight = words.probability[row, word].double()
    # One key for each span and type; the type of no entity, -1, comes before the others.
    num_types = len(scheme.types) + 1
    keys, index = (owner * num_types + type_ + 1).unique(return_inverse=True)
    votes = weight.new_zeros(len(keys)).scatter_add(0, index, weight)
    is_type = keys % num_types > 0
    candidates, votes = keys[is_type], votes[is_type]
    span = torch.div(candidates, num_types, rounding_mode="floor")
    best = votes.new_zeros(len(width)).scatter_reduce(0, span, votes, "amax")
    winner = torch.where(votes == best[span], candidates % num_types - 1, num_types)
    label = torch.full_like(width, num_types).scatter_reduce(0, span, winner, "amin")
    return TaskSpans(spans, torch.where(label == num_types, -1, label), best / width)
