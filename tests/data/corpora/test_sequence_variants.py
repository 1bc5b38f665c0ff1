from typing import Sequence

import pytest

from bio_ie.data.corpora.sequence_variants import is_variant, same_variant, split_variants


@pytest.mark.parametrize(
    "notation",
    [
        "p|SUB|V|6|E",
        "p|Allele|S|473",
        "|INS|12_13|A",
        "INS|12_13|A",
        "c|INS|12_13|A",
        "c|Sbu|A|17|G",
        "C|SUB|A|17|G",
        "g||A|17|G",
        "c|17|A|G",
        "|allele|T|-94",
        "p|FS|Y|12|C|14",
        "p|Allele|473",
        "e|SUB|V|6|E",
        "c|INS|12_13|A,G",
        "tmVar:p|SUB|V|6|E;HGVS:p.V6E;VariantGroup:0;CorrespondingGene:9001;RS#:900001",
        "p|SUB|R|12|C;HGVS:p.R12C;RS#:900001",
        "RS#:900001;HGVS:p.V6E;CorrespondingGene:9001",
        "rs900001",
    ],
)
def test_id_of_a_variant_is_one_id(notation: str) -> None:
    assert is_variant(notation)
    assert split_variants(notation) == [notation]


@pytest.mark.parametrize(
    "notation", ["D1|D2", "990012|990013", "MESH:D1;MESH:D2", "D1", "-1", "a|b", "|D1|D2", "rs1|D2"]
)
def test_other_notations_are_no_variants(notation: str) -> None:
    assert not is_variant(notation)


@pytest.mark.parametrize("separator", [",", ";", "|"])
def test_several_variants(separator: str) -> None:
    ids = ["p|SUB|V|6|E", "c|DEL|12|A"]
    assert split_variants(separator.join(ids)) == ids


@pytest.mark.parametrize(
    ("variant", "others", "same"),
    [
        ("RS#:9;HGVS:p.V6E", ["tmVar:p|SUB|V|6|E;HGVS:p.V6E;RS#:9"], 0),
        ("RS#:9;HGVS:p.V6K", ["tmVar:x;HGVS:p.V6E;RS#:9", "tmVar:y;HGVS:p.V6K;RS#:9"], 1),
        ("RS#:9;HGVS:p.V6K", ["tmVar:x;HGVS:p.V6E;RS#:9"], None),
        ("HGVS:p.V6E;CorrespondingGene:1", ["tmVar:x;HGVS:p.V6E;CorrespondingGene:1;RS#:9"], 0),
        ("HGVS:p.V6E;CorrespondingGene:1", ["tmVar:x;HGVS:p.V6E;CorrespondingGene:2"], None),
        ("HGVS:p.V6E", ["tmVar:x;HGVS:p.V6E"], None),
        ("RS#:9", ["D1", "rs9"], 1),
    ],
)
def test_same_variant_described_in_another_way(
    variant: str, others: Sequence[str], same: int
) -> None:
    assert same_variant(variant, others) == (None if same is None else others[same])
