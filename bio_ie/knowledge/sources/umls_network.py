"""The Semantic Network of UMLS: semantic types and the relations between them."""

from typing import Dict, Iterable, Iterator

from bio_ie.knowledge.statements import InverseRelation, Statement, TypeName, TypeRelation


def read_network(
    definitions: Iterable[Dict[str, str]], triples: Iterable[Dict[str, str]]
) -> Iterator[Statement]:
    """The statements of the Semantic Network.

    # Parameters

    definitions : `Iterable[Dict[str, str]]`
        The rows of `SRDEF`, which define types and relations.
    triples : `Iterable[Dict[str, str]]`
        The rows of `SRSTRE1`, which are all relations between types, including inherited ones. Each
        has the relation `RL` from the type `UI1` to the type `UI2`, all given by their ids.
    """
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
