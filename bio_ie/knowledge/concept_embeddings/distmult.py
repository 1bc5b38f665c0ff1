"""Trains vectors of concepts on their relations."""

from dataclasses import dataclass
from typing import Optional

import torch
from allennlp.common.checks import ConfigurationError
from torch import Tensor
from torch_geometric.nn.kge import DistMult
from tqdm import tqdm

from bio_ie.knowledge.concept_embeddings.relation_graph import RelationGraph


@dataclass(frozen=True)
class DistMultSettings:
    """Settings of `train_distmult`. Raises `ConfigurationError` for impossible values."""

    dimension: int = 100
    epochs: int = 5
    batch_size: int = 1024
    """The number of edges per step."""
    learning_rate: float = 0.1
    """The learning rate of Adagrad."""
    negatives: int = 256
    """The number of concepts that are sampled for each batch as wrong tails."""
    regularization: float = 0.05
    """The weight of the third powers of the vectors in the loss."""
    seed: int = 13370

    def __post_init__(self) -> None:
        for name in ("dimension", "epochs", "batch_size", "learning_rate", "negatives"):
            if not getattr(self, name) > 0:
                raise ConfigurationError(f"{name} must be positive, not {getattr(self, name)}")
        if not self.regularization >= 0:
            raise ConfigurationError(
                f"regularization must not be negative, but is {self.regularization}"
            )


class SampledSoftmaxDistMult(DistMult):
    """
    torch-geometric's DistMult (Yang et al. 2015): the score of an edge (h, r, t) is
    sum_i h_i r_i t_i. The loss of an edge is a cross-entropy over its tail and a sample of other
    nodes,

        L = -log( exp s(h, r, t) / (exp s(h, r, t) + sum_{n in N, n != t} exp s(h, r, n)) )
            + w (|h|_3^3 + |r|_3^3 + |t|_3^3),

    where all edges of a batch share one sample N, so that one matrix product gives all their
    scores. The regularization is N3 (Lacroix et al. 2018).

    # Parameters

    num_nodes, num_relations, dimension : `int`
    generator : `torch.Generator`
        Draws the initial vectors.
    """

    def __init__(
        self, num_nodes: int, num_relations: int, dimension: int, generator: torch.Generator
    ) -> None:
        # Sparse, because a step changes few of the nodes.
        super().__init__(num_nodes, num_relations, dimension, sparse=True)
        for embedding in (self.node_emb, self.rel_emb):
            torch.nn.init.normal_(embedding.weight, std=0.1, generator=generator)

    def sampled_loss(self, edges: Tensor, sample: Tensor, regularization: float) -> Tensor:
        """The mean of L over `edges`, `[B, 3]`, with the sampled nodes `sample`, `[N]`, and the
        weight w = `regularization`."""
        head_places, relation_places, tail_places = edges.unbind(1)
        heads, tails = self.node_emb(head_places), self.node_emb(tail_places)
        relations = self.rel_emb(relation_places)
        queries = heads * relations  # [B, d]
        right = (queries * tails).sum(1, keepdim=True)
        wrong = queries @ self.node_emb(sample).T  # [B, N]
        wrong = wrong.masked_fill(sample == tail_places.unsqueeze(1), -torch.inf)
        loss = torch.cat([right, wrong], dim=1).logsumexp(1) - right.squeeze(1)
        cubes = sum(part.abs().pow(3).sum(1) for part in (heads, relations, tails))
        return (loss + regularization * cubes).mean()

    @torch.no_grad()
    def tail_scores(self, heads: Tensor, relations: Tensor) -> Tensor:
        """The scores of all nodes as the tail, `[q, num_nodes]`, for heads and relations, `[q]`
        each."""
        device = self.node_emb.weight.device
        queries = self.node_emb(heads.to(device)) * self.rel_emb(relations.to(device))
        return queries @ self.node_emb.weight.T


def train_distmult(
    graph: RelationGraph,
    edges: Tensor,
    settings: DistMultSettings,
    device: Optional[torch.device] = None,
    progress: bool = False,
) -> SampledSoftmaxDistMult:
    """Trains vectors of the nodes and relations of `graph` for a fixed number of epochs.

    The negatives of a batch are concepts, drawn uniformly, and all semantic types. The result
    depends only on the seed; torch's own generator is not used.

    # Parameters

    graph : `RelationGraph`
    edges : `Tensor`
        The edges to train on, `[E, 3]`.
    settings : `DistMultSettings`
    device : `torch.device`, optional (default = the CPU)
    progress : `bool`, optional (default = `False`)
        Shows progress on standard error if that is a terminal.
    """
    generator = torch.Generator().manual_seed(settings.seed)
    model = SampledSoftmaxDistMult(
        len(graph.nodes), len(graph.relations), settings.dimension, generator
    ).to(device)
    optimizer = torch.optim.Adagrad(model.parameters(), lr=settings.learning_rate)
    types = torch.arange(graph.num_concepts, len(graph.nodes))
    bar = tqdm(range(settings.epochs), "training", disable=None if progress else True)
    for _ in bar:
        total = torch.zeros((), device=device)
        order = torch.randperm(len(edges), generator=generator)
        for batch in order.split(settings.batch_size):
            concepts = torch.randint(graph.num_concepts, [settings.negatives], generator=generator)
            sample = torch.cat([concepts, types]).to(device)
            loss = model.sampled_loss(edges[batch].to(device), sample, settings.regularization)
            optimizer.zero_grad()
            loss.backward()
            # torch warns that the check is off unless this is set explicitly.
            with torch.sparse.check_sparse_tensor_invariants(enable=False):
                optimizer.step()
            total += loss.detach() * len(batch)
        bar.set_postfix(loss=f"{float(total) / max(1, len(edges)):.3f}")
    return model
