"""Turns a model's links into mentions with the concepts that they name."""

from dataclasses import replace
from typing import Any, Dict, List

from bio_ie.modules.row_items import row_lists
from bio_ie.text.document import Mention


def linked_mentions(output: Dict[str, Any]) -> List[List[Mention]]:
    """All mentions of each document, with the concepts that they name. The score of a mention is
    the lowest probability of its concepts; a mention without concepts has no score.

    # Parameters

    output : `Dict[str, Any]`
        The output of a model. For each document it has `links` `[n, 2]` (mention and entity),
        `link_probabilities` `[n]` and `metadata` as `DocumentGraphReader` gives it.
    """
    result = []
    for metadata, links, probabilities in zip(
        output["metadata"],
        row_lists(output["links"]),
        row_lists(output["link_probabilities"]),
        strict=True,
    ):
        concepts: List[Dict[str, float]] = [{} for _ in metadata["mentions"]]
        for (mention, entity), probability in zip(links, probabilities, strict=True):
            concept = metadata["entities"][entity]
            concepts[metadata["mention_places"][mention]][concept] = probability
        result.append(
            [
                replace(
                    mention,
                    concept_ids=tuple(found),
                    score=min(found.values(), default=None),
                    metadata=None,
                )
                for mention, found in zip(metadata["mentions"], concepts, strict=True)
            ]
        )
    return result
