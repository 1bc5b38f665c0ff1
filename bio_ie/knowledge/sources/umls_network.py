"""The Semantic Network of the UMLS: its types and what may relate them."""

from typing import Dict, Iterable, Iterator

from bio_ie.knowledge.statements import InverseRelation, Statement, TypeName, TypeRelation


def read_network(
    definitions: Iterable[Dict[str, str]], triples: Iterable[Dict[str, str]]
) -> Iterator[Statement]:
    """From the rows of `SRDEF`, which defines types and relations, and of `SRSTRE1`, all relations
    between types by their ids, inherited ones included: `UI1` stands in `RL` to `UI2`."""
    relations: Dict[str, str] = {}
    for row in definitions:
        if row["RT"] == "STY":
            yield TypeName(row["UI"], row["NAME"])
        else:
            relations[row["UI"]] = row["NAME"]
            if row["RIN"]:
                yield InverseRelation(row["NAME"], row["RIN"])
    for row in triples:
        yield TypeRelation(row["UI1"], relations.get(row["RL"], row["RL"]), row["UI2"])
