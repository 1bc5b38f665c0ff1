import os
from pathlib import Path

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from safetensors.torch import save_file

from bio_ie.knowledge.concept_embeddings import (
    ConceptVectorsError,
    read_concept_vectors,
    write_concept_vectors,
)
from bio_ie.text.stable_key import stable_key

IDS = ["MESH:D001", "OMIM:7", "HP:0000118", "βγ"]


def test_what_is_written_is_read_by_key(tmp_path: Path) -> None:
    vectors = torch.randn(4, 3)
    write_concept_vectors(tmp_path / "v.safetensors", IDS, vectors, kind="distmult")
    content = read_concept_vectors(tmp_path / "v.safetensors")
    assert content.kind == "distmult"
    assert sorted(content.concept_ids()) == sorted(IDS)
    assert content.keys.tolist() == sorted(content.keys.tolist())
    for row, id_ in enumerate(content.concept_ids()):
        assert content.keys[row].item() == stable_key(id_)
        assert torch.equal(content.vectors[row], vectors[IDS.index(id_)])


def test_digest_tells_contents_apart_and_not_their_order(tmp_path: Path) -> None:
    vectors, path = torch.randn(4, 3), tmp_path / "v.safetensors"
    digests = []
    for order, values in [
        ([0, 1, 2, 3], vectors),
        ([3, 1, 0, 2], vectors),
        ([0, 1, 2, 3], -vectors),
    ]:
        write_concept_vectors(path, [IDS[i] for i in order], values[order], kind="a")
        digests.append(read_concept_vectors(path).digest)
    assert digests[0] == digests[1] != digests[2]


def test_notes_travel_along_and_do_not_make_another_file_of_it(tmp_path: Path) -> None:
    vectors, notes = torch.randn(4, 3), {"knowledge_base": "ab", "settings": {"epochs": 2}}
    write_concept_vectors(tmp_path / "a", IDS, vectors, kind="a")
    write_concept_vectors(tmp_path / "b", IDS, vectors, kind="a", notes=notes)
    without, with_notes = (read_concept_vectors(tmp_path / name) for name in "ab")
    assert (without.notes, with_notes.notes) == ({}, notes)
    assert without.digest == with_notes.digest


def test_half_precision_vectors_stay_that(tmp_path: Path) -> None:
    write_concept_vectors(tmp_path / "v", IDS, torch.randn(4, 3).half(), kind="a")
    assert read_concept_vectors(tmp_path / "v").vectors.dtype == torch.float16


def test_no_concept_is_a_file_too(tmp_path: Path) -> None:
    write_concept_vectors(tmp_path / "v", [], torch.zeros(0, 3), kind="a")
    content = read_concept_vectors(tmp_path / "v")
    assert content.concept_ids() == []
    assert content.vectors.shape == (0, 3)


def test_reading_maps_the_file_and_does_not_load_it(tmp_path: Path) -> None:
    ids = [str(number) for number in range(20_000)]
    write_concept_vectors(tmp_path / "v", ids, torch.zeros(20_000, 500), kind="a")  # 40 MB

    def resident() -> int:
        return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")

    if not Path("/proc/self/statm").exists():
        pytest.skip("the system does not tell the resident memory of a process")
    before = resident()
    content = read_concept_vectors(tmp_path / "v")
    content.vectors.index_select(0, torch.tensor([7, 19_000]))
    assert resident() - before < 10e6


@given(st.text(), st.text())
def test_keys_are_stable_64_bit_numbers_that_differ(one: str, other: str) -> None:
    assert -(2**63) <= stable_key(one) < 2**63
    assert stable_key(one) == stable_key(one)
    assert (stable_key(one) == stable_key(other)) is (one == other)


def test_key_of_an_id_never_changes() -> None:
    # Existing files depend on this value.
    assert stable_key("MESH:D001") == -6207149943032298728


@pytest.mark.parametrize(
    "ids, vectors, reason",
    [
        (["a"], torch.zeros(2, 3), r"1 concept cannot have a tensor of shape \[2, 3\]"),
        (["a"], torch.zeros(1), r"shape \[1\]"),
        (["a", "b", "a"], torch.zeros(3, 2), "two vectors for the same concept: 'a' and 'a'"),
        (["a", "b\nc"], torch.zeros(2, 2), r"not a concept id: 'b\\nc'"),
        ([""], torch.zeros(1, 2), "not a concept id: ''"),
        (["a"], torch.tensor([[torch.nan]]), "vectors must be finite"),
    ],
)
def test_what_is_no_table_of_vectors_is_refused_and_leaves_no_file(
    tmp_path: Path, ids, vectors, reason
) -> None:
    with pytest.raises(ConceptVectorsError, match=reason):
        write_concept_vectors(tmp_path / "v", ids, vectors, kind="a")
    assert list(tmp_path.iterdir()) == []


def test_files_of_other_content_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ConceptVectorsError, match="no file"):
        read_concept_vectors(tmp_path / "missing")
    (tmp_path / "text").write_text("hello")
    with pytest.raises(ConceptVectorsError, match="cannot read"):
        read_concept_vectors(tmp_path / "text")
    save_file({"weights": torch.zeros(2)}, tmp_path / "other")
    with pytest.raises(ConceptVectorsError, match="is not a file of concept vectors"):
        read_concept_vectors(tmp_path / "other")
    write_concept_vectors(tmp_path / "v", IDS, torch.randn(4, 3), kind="a")
    (tmp_path / "cut").write_bytes((tmp_path / "v").read_bytes()[:-20])
    with pytest.raises(ConceptVectorsError, match="cannot read"):
        read_concept_vectors(tmp_path / "cut")


def test_file_has_the_rights_of_any_other(tmp_path: Path) -> None:
    write_concept_vectors(tmp_path / "x.safetensors", ["a"], torch.zeros(1, 2), "distmult")
    (tmp_path / "other").touch()
    assert (tmp_path / "x.safetensors").stat().st_mode == (tmp_path / "other").stat().st_mode
