"""A classifier over very many classes, trained on the classes of a batch (multi-task linking,
section 3.1)."""

from typing import Iterator, NamedTuple, Tuple

import torch
from allennlp.common.checks import ConfigurationError
from torch.nn import functional


class Classified(NamedTuple):
    """The best class of each of `n` items."""

    label: torch.Tensor
    """`[n]`."""
    probability: torch.Tensor
    """`[n]`, by a softmax over all classes."""


class BatchSoftmax(torch.nn.Module):
    """A linear layer and a softmax over its `C` classes.

    In training the softmax is over the classes that occur in the batch, and over Nil if it can be
    predicted:

        L = - 1/n  sum_i  w_(y_i)  log softmax(W_E x_i + b_E)_(y_i)

    where `E` are these classes and `n` is the number of items with a label, whatever their weights.
    Scores take memory for `n |E|` numbers; weights and, in training, their gradients take memory
    for all classes. Out of training the best of all classes is predicted, for parts of the items at
    a time.

    Beyond the paper, `E` may have further classes (`num_negatives`). An item then also learns that
    it is not of some classes that the batch does not have.

    # Parameters

    input_dim : `int`
    num_classes : `int`
    nil : `int`
        The index of Nil.
    nil_weight : `float`, optional (default = `1.0`)
        The weight `w` of Nil; the weight of every other class is 1.
    with_nil : `bool`, optional (default = `True`)
        Whether items may be of no class. If not, Nil is neither learned nor predicted. It then
        takes part only if an item has it as a label, which should not happen.
    max_scores : `int`, optional (default = `2 ** 24`)
        The number of scores that are held at once out of training.
    num_negatives : `int`, optional (default = `0`)
        The number of classes that are in `E` besides those of the batch, in training only. They are
        drawn anew for every batch. With the number of all classes, the softmax is over all classes.
    """

    def __init__(
        self,
        input_dim: int,
        num_classes: int,
        nil: int,
        nil_weight: float = 1.0,
        with_nil: bool = True,
        max_scores: int = 2**24,
        num_negatives: int = 0,
    ) -> None:
        super().__init__()
        if not nil_weight > 0:
            raise ConfigurationError(f"nil_weight must be positive, not {nil_weight}")
        if max_scores < 1:
            raise ConfigurationError(f"max_scores must be positive, not {max_scores}")
        if num_negatives < 0:
            raise ConfigurationError(f"num_negatives must not be negative, got {num_negatives}")
        self.linear = torch.nn.Linear(input_dim, num_classes)
        self._nil = nil
        self._nil_weight = nil_weight
        self._with_nil = with_nil
        self._max_scores = max_scores
        self._num_negatives = num_negatives

    def loss(self, vectors: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
        """
        # Parameters

        vectors : `torch.Tensor`
            `[n, D]`.
        labels : `torch.Tensor`
            `[n]`; items with a negative label are left out.

        # Returns

        `torch.Tensor`
            A scalar; 0 if no item has a label.
        """
        has_label = labels >= 0
        vectors, labels = vectors[has_label], labels[has_label]
        classes, places = self.batch_classes(labels)
        losses = functional.cross_entropy(self.scores(vectors, classes), places, reduction="none")
        return self.mean_loss(losses, labels)

    def batch_classes(self, labels: torch.Tensor) -> Tuple[torch.Tensor, torch.Tensor]:
        """The classes E, ascending, and the place of each of the labels `[n]` among them."""
        present = labels
        # At least one class, since there is no softmax over none.
        if self._with_nil or not len(labels):
            present = functional.pad(labels, (0, 1), value=self._nil)
        if self.training and self._num_negatives > 0:
            present = torch.cat([present, self._negatives(labels.device)])
        classes, places = present.unique(return_inverse=True)
        return classes, places[: len(labels)]

    def _negatives(self, device: torch.device) -> torch.Tensor:
        """Random classes, each at most once."""
        drawn = torch.randperm(self.linear.out_features, device=device)[: self._num_negatives]
        return drawn if self._with_nil else drawn[drawn != self._nil]

    def scores(self, vectors: torch.Tensor, classes: torch.Tensor) -> torch.Tensor:
        """The scores `[n, |E|]` of vectors `[n, D]` for the given classes."""
        return functional.linear(vectors, self.linear.weight[classes], self.linear.bias[classes])

    def mean_loss(self, losses: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
        """The weighted sum of the items' losses `[n]`, divided by the number of items."""
        weights = torch.where(labels == self._nil, self._nil_weight, 1.0)
        return (weights * losses).sum() / max(len(labels), 1)

    @torch.no_grad()
    def forward(self, vectors: torch.Tensor) -> Classified:
        """The best of all classes for each of `vectors` `[n, D]`; no gradient."""
        parts = [self._best(part) for part in self.parts(vectors)]
        labels, probabilities = zip(*parts, strict=True)
        return Classified(torch.cat(labels), torch.cat(probabilities))

    def parts(self, vectors: torch.Tensor) -> Iterator[torch.Tensor]:
        """Splits items into parts whose scores for all classes may be held at once. There is at
        least one part, which may be empty."""
        yield from vectors.split(max(self._max_scores // self.linear.out_features, 1))

    def all_scores(self, vectors: torch.Tensor) -> torch.Tensor:
        """The scores of all classes, `[n, C]`; minus infinity for Nil unless `with_nil`."""
        scores: torch.Tensor = self.linear(vectors).float()
        if not self._with_nil:
            scores[:, self._nil] = -torch.inf
        return scores

    def _best(self, vectors: torch.Tensor) -> Classified:
        scores = self.all_scores(vectors)
        best, label = scores.max(-1)
        return Classified(label, (best - scores.logsumexp(-1)).exp())
