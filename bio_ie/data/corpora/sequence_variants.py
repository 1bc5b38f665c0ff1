"""The ids of sequence variants, as tmVar and PubTator write them."""

import re
from typing import Dict, Iterable, List, NamedTuple, Optional

_KIND = "SUB|DEL|INS|INDEL|DELINS|DUP|FS|FSX|INV|CNV|SNV|ALLELE|REPEAT|TRANSLOCATION"
_ATTRIBUTE = (
    "HGVS|RS#?|VariantGroup|CorrespondingGene|CorrespondingSpecies|OriginalGene|CA#|Disease|SNP"
)

_START = re.compile(rf"tmVar:|[cgmnopr]\||[A-Za-z]?\|[A-Za-z]{{2,}}\||(?:(?i:{_KIND}))\|")
"""How the id of a variant begins: with a kind of sequence (`c|`, `p|`), which may be missing or
misspelt, as the kind of change may be. No vocabulary has ids such as `c` and `p`."""

_ATTRIBUTES = re.compile(rf"(?:{_ATTRIBUTE}):[^;]*(?:;(?:{_ATTRIBUTE}):[^;]*)*")

_DBSNP = re.compile(r"rs[0-9]+#*\Z")
"""The number of a variant in dbSNP."""

_NEXT = re.compile(
    rf"[,;]\s*(?=tmVar:|[cgmnopr]?\|?(?i:{_KIND})\||[cgmnopr]\|)|\|(?=[cgmnopr]\|(?i:{_KIND})\|)"
)
"""A separator between the ids of two variants."""


def is_variant(notation: str) -> bool:
    """Whether a notation is one or more ids of variants: `p|SUB|V|6|E`, `|INS|12_13|A`,
    `tmVar:p|SUB|V|6|E;HGVS:p.V6E;RS#:900001`, `RS#:900001;HGVS:p.V6E`, `rs900001`."""
    notation = notation.strip()
    return bool(_START.match(notation) or _ATTRIBUTES.fullmatch(notation) or _DBSNP.match(notation))


def split_variants(notation: str) -> List[str]:
    """The ids in a notation of variants. A bar separates two ids only where both are whole."""
    return _NEXT.split(notation)


class _Description(NamedTuple):
    """What an id says of a variant beside its place: the number of dbSNP, the name by HGVS and the
    gene."""

    rs: Optional[str]
    hgvs: Optional[str]
    gene: Optional[str]


def same_variant(variant: str, others: Iterable[str]) -> Optional[str]:
    """The first of `others` that describes the same variant in another way, or `None`.

    Two ids mean the same variant if they have the same number of dbSNP (or, where one of them has
    none, the same name by HGVS and the same gene) and do not contradict each other.
    """
    wanted = _description(variant)
    for other in others:
        found = _description(other)
        pairs = list(zip(wanted, found, strict=True))
        if any(a is not None and b is not None and a != b for a, b in pairs):
            continue
        same = [a is not None and a == b for a, b in pairs]
        if same[0] or (same[1] and same[2]):
            return other
    return None


def _description(variant: str) -> _Description:
    parts: Dict[str, str] = {}
    for part in variant.split(";"):
        key, colon, value = part.partition(":")
        if colon and value:
            parts[key.rstrip("#")] = value
    rs = parts.get("RS")
    if _DBSNP.match(variant):
        rs = variant.strip("rs#")
    return _Description(rs, parts.get("HGVS"), parts.get("CorrespondingGene"))
