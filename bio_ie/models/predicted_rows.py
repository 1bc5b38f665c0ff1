"""From flat tensors of predictions to numbers by sentence: the one copy to the host."""

from typing import Any, Dict, List, Tuple

import torch

from bio_ie.modules.relation_candidates import RelationCandidates

Row = List[Tuple[Any, ...]]


def predicted_rows(
    candidates: RelationCandidates,
    entity_scores: torch.Tensor,
    pair: torch.Tensor,
    label: torch.Tensor,
    probability: torch.Tensor,
    undirected: torch.Tensor,
    num_rows: int,
) -> Dict[str, List[Row]]:
    """Entities and relations of each sentence.

    # Parameters

    candidates : `RelationCandidates`
    entity_scores : `torch.Tensor`
        `[K]`.
    pair, label, probability : `torch.Tensor`
        `[Q]`, of each predicted relation: the candidate pair, the label and its probability.
    undirected : `torch.Tensor`
        `[R]`, bool; of these labels only the relation whose head comes first is kept.
    num_rows : `int`

    # Returns

    `Dict[str, List[Row]]`
        `entities`: `(first word, last word, type, probability)`; `relations`: `(head, tail, label,
        probability)`, with head and tail counting the sentence's entities.
    """
    entity_table = torch.stack(
        [candidates.row, candidates.start, candidates.last, candidates.type], dim=1
    ).tolist()
    relation_table = torch.stack(
        [candidates.head[pair], candidates.tail[pair], label], dim=1
    ).tolist()
    is_undirected = undirected.tolist()

    entities: List[Row] = [[] for _ in range(num_rows)]
    relations: List[Row] = [[] for _ in range(num_rows)]
    place: List[int] = []  # of each entity among those of its sentence
    for (row, *entity), score in zip(entity_table, entity_scores.tolist(), strict=True):
        place.append(len(entities[row]))
        entities[row].append((*entity, score))
    for (head, tail, label_), score in zip(relation_table, probability.tolist(), strict=True):
        if not (is_undirected[label_] and head > tail):
            row = entity_table[head][0]
            relations[row].append((place[head], place[tail], label_, score))
    return {"entities": entities, "relations": relations}
