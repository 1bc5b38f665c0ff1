"""What classifiers of sentences with a pair of entities put out."""

from typing import Any, Dict, List, Sequence

from bio_ie.models.relvm.relation_outputs import described_rows
from bio_ie.text.document import Relation


def mention_relations(
    labels: Sequence[str], negative_label: str, output: Dict[str, Any]
) -> Dict[str, Any]:
    """For each row `label`, `probabilities` and `spread` (`described_rows`). If its metadata have
    `mention_ids`, also `relations`, that between these mentions or none, as a document has them,
    and `pair`, all that is said of them."""
    result = described_rows(labels, output)
    metadata = output.get("metadata")
    if metadata is None or not all("mention_ids" in row for row in metadata):
        return result
    relations: List[List[Relation]] = []
    pairs: List[Dict[str, Any]] = []
    for row, data in enumerate(metadata):
        head, tail = data["mention_ids"]
        said = {name: values[row] for name, values in result.items()}
        label = said["label"]
        relation = Relation(label, head, tail, said["probabilities"][label])
        relations.append([] if label == negative_label else [relation])
        pairs.append({"mentions": [head, tail], **said})
    return {**result, "relations": relations, "pair": pairs}
