"""The readable output of classifiers of sentences with a pair of entities."""

from typing import Any, Dict, List, Sequence

from bio_ie.models.relvm.relation_outputs import described_rows
from bio_ie.text.document import Relation


def mention_relations(
    labels: Sequence[str], negative_label: str, output: Dict[str, Any]
) -> Dict[str, Any]:
    """For each row `label`, `probabilities` and, if the model gives it, `spread` (see
    `described_rows`).

    If the metadata of all rows has `mention_ids`, also `relations`: a list of the relation between
    these mentions, as a document has it, or an empty list; and `pair`: the ids of the mentions with
    everything that is predicted for them."""
    result = described_rows(labels, output)
    metadata = output.get("metadata")
    if metadata is None or not all("mention_ids" in row for row in metadata):
        return result
    relations: List[List[Relation]] = []
    pairs: List[Dict[str, Any]] = []
    for row, data in enumerate(metadata):
        head, tail = data["mention_ids"]
        predicted = {name: values[row] for name, values in result.items()}
        label = predicted["label"]
        # The pair is classified as a whole, so nothing says which of the two is the head.
        relation = Relation(label, head, tail, predicted["probabilities"][label], directed=False)
        relations.append([] if label == negative_label else [relation])
        pairs.append({"mentions": [head, tail], **predicted})
    return {**result, "relations": relations, "pair": pairs}
