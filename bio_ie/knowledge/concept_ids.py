"""Normalises the ids of vocabularies, so that a concept has the same id in every source.

An id has the form `PREFIX:LOCAL` (`MESH:D012640`, `HP:0001250`). Only concepts of UMLS have their
bare CUIs as ids (`C0036572`), as in corpora.
"""

import re
from functools import lru_cache
from typing import Optional, Tuple

_SPELLINGS = {
    "CHEBI": "CHEBI",
    "DO": "DOID",
    "DOID": "DOID",
    "HP": "HP",
    "HPO": "HP",
    "ICD-10": "ICD10",
    "ICD-9": "ICD9",
    "MEDDRA": "MEDDRA",
    "MESH": "MESH",
    "MSH": "MESH",
    "NCI": "NCIT",
    "NCIT": "NCIT",
    "OMIM": "OMIM",
    "ORDO": "ORPHA",
    "ORPHA": "ORPHA",
    "ORPHANET": "ORPHA",
    "SNOMED_CT": "SNOMEDCT_US",
    "SNOMEDCT": "SNOMEDCT_US",
    "UMLS": "UMLS",
    "UMLS_CUI": "UMLS",
}
"""The prefixes that sources use for a vocabulary, in capitals, and the prefix that is used here."""

_RELEASE = re.compile(r"_\d{4}_\d{2}_\d{2}$|\d{4}_\d{2}[A-Z]$")
"""Dates in prefixes, which the Disease Ontology has: `SNOMEDCT_US_2015_03_01`, `NCI2009_04D`."""


@lru_cache(maxsize=1 << 16)
def normalize_id(concept_id: str) -> str:
    """Replaces the prefix of an id by the one that is used here. An id without a prefix is not
    changed.

    MSH:D012640, MeSH:D012640           -> MESH:D012640
    DO:DOID:1826, OMIM:OMIM:1           -> DOID:1826, OMIM:1
    UMLS_CUI:C0036572, UMLS:C0036572    -> C0036572
    SNOMEDCT_US_2015_03_01:33176006     -> SNOMEDCT_US:33176006
    """
    concept_id = concept_id.strip()
    prefix, local = split_id(concept_id)
    if prefix is None:
        return concept_id
    prefix = _prefix(prefix)
    inner, rest = split_id(local)
    if inner is not None and _prefix(inner) == prefix:
        local = rest
    return local if prefix == "UMLS" else f"{prefix}:{local}"


def split_id(concept_id: str) -> Tuple[Optional[str], str]:
    """The prefix of an id, or `None` if it has none, and the rest of the id."""
    prefix, colon, local = concept_id.partition(":")
    return (prefix, local.strip()) if prefix and colon and local else (None, concept_id)


def _prefix(prefix: str) -> str:
    prefix = _RELEASE.sub("", prefix)
    return _SPELLINGS.get(prefix.upper(), prefix)
