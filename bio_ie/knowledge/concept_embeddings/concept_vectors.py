"""Files of concept vectors, which `ConceptEmbedder`s read.

A file is in the safetensors format, with three tensors:

* `vectors`: `[n, d]`, float32 or float16;
* `keys`: `[n]`, int64, ascending: `stable_key` of the concept of each row;
* `ids`: uint8, the concept ids in the order of rows, in UTF-8, separated by line feeds;

and with metadata:

* `format`: "bio_ie concept vectors 1";
* `kind`: what the vectors are made from, such as "description";
* `digest`: a checksum of the vectors and keys;
* `notes`: a JSON object that describes how the vectors were made, for example with the fingerprint
  of the knowledge base.

Reading maps the file into memory. So only the rows that are used take time and memory, and
processes share them.
"""

import hashlib
import json
import os
from pathlib import Path
from typing import Any, Dict, List, Mapping, NamedTuple, Sequence, Union

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file

from bio_ie.files.atomic_output import give_usual_rights
from bio_ie.files.unfinished import unfinished_folder
from bio_ie.text.counted import counted
from bio_ie.text.stable_key import stable_key

FORMAT = "bio_ie concept vectors 1"

ARCHIVED_FOLDER = "concept_vectors"
"""The folder that a config lists in `include_in_archive` if it trains pretrained vectors."""


class ConceptVectorsError(ValueError):
    """Raised for a bad file of concept vectors, and for vectors that cannot be written to one."""


class ConceptVectors(NamedTuple):
    """The content of a file of concept vectors."""

    vectors: torch.Tensor
    """`[n, d]`."""
    keys: torch.Tensor
    """`[n]`, int64, ascending."""
    ids: torch.Tensor
    """uint8; `concept_ids` decodes it."""
    kind: str
    digest: str
    """A checksum of vectors and keys. Files with the same digest are the same to a model."""
    notes: Dict[str, Any]
    """How the vectors were made."""

    def concept_ids(self) -> List[str]:
        """The concept of each row."""
        text = self.ids.numpy().tobytes().decode("utf-8")
        return text.split("\n") if len(self.keys) else []


def write_concept_vectors(
    path: Union[str, Path],
    concept_ids: Sequence[str],
    vectors: torch.Tensor,
    kind: str,
    notes: Mapping[str, Any] = {},
) -> None:
    """Writes a file with one vector per concept. The file appears complete or not at all.

    # Parameters

    path : `str`
    concept_ids : `Sequence[str]`
        Distinct ids, in any order.
    vectors : `torch.Tensor`
        `[len(concept_ids), d]`.
    kind : `str`
        What the vectors are made from: "description", or the name of a method.
    notes : `Mapping[str, Any]`, optional (default = `{}`)
        How the vectors were made, as a JSON object, for people who read the file.

    Raises `ConceptVectorsError` if the ids or the vectors cannot be written.
    """
    if vectors.dim() != 2 or len(vectors) != len(concept_ids):
        raise ConceptVectorsError(
            f"{counted(len(concept_ids), 'concept')} cannot have a tensor of shape "
            f"{list(vectors.shape)}: one vector per concept is needed"
        )
    if not vectors.isfinite().all():
        raise ConceptVectorsError("vectors must be finite")
    keys, order = torch.sort(torch.tensor([stable_key(id_) for id_ in concept_ids]).long())
    ids = [concept_ids[place] for place in order.tolist()]
    for place in (keys[1:] == keys[:-1]).nonzero().flatten().tolist():
        raise ConceptVectorsError(
            f"two vectors for the same concept: {ids[place]!r} and {ids[place + 1]!r}"
        )
    for id_ in ids:
        if not id_ or "\n" in id_:
            raise ConceptVectorsError(f"not a concept id: {id_!r}")
    content = {
        "vectors": vectors.detach().cpu()[order].contiguous(),
        "keys": keys,
        "ids": torch.frombuffer(
            bytearray("\n".join(ids).encode("utf-8") or b"\n"), dtype=torch.uint8
        ),
    }
    metadata = {
        "format": FORMAT,
        "kind": kind,
        "digest": _digest(content["vectors"], keys),
        "notes": json.dumps(dict(notes)),
    }
    path = Path(path)
    with unfinished_folder(path.parent, path.name) as aside:
        complete = aside / path.name
        save_file(content, complete, metadata)
        give_usual_rights(complete)
        os.replace(complete, path)


def read_concept_vectors(path: Union[str, Path]) -> ConceptVectors:
    """The content of a file of concept vectors, mapped into memory.

    Raises `ConceptVectorsError` if the file does not exist or cannot be read.
    """
    if not Path(path).is_file():
        raise ConceptVectorsError(f"there is no file {Path(path).absolute()}")
    try:
        with safe_open(path, framework="pt") as file:
            metadata = file.metadata() or {}
            if metadata.get("format") != FORMAT:
                raise ConceptVectorsError(f"{path} is not a file of concept vectors ({FORMAT!r})")
            vectors, keys, ids = (file.get_tensor(name) for name in ("vectors", "keys", "ids"))
    except SafetensorError as error:
        raise ConceptVectorsError(f"cannot read {path}: {error}") from error
    notes = json.loads(metadata.get("notes", "{}"))
    return ConceptVectors(vectors, keys, ids, metadata["kind"], metadata["digest"], notes)


def archived_vectors(path: str, serialization_dir: str) -> Path:
    """The place of a copy of the file `path` in an archive."""
    name = f"{hashlib.sha256(path.encode('utf-8')).hexdigest()[:8]}-{Path(path).name}"
    return Path(serialization_dir) / ARCHIVED_FOLDER / name


def _digest(vectors: torch.Tensor, keys: torch.Tensor) -> str:
    digest = hashlib.sha256(repr((vectors.shape, vectors.dtype)).encode("ascii"))
    for tensor in (vectors, keys):
        digest.update(tensor.numpy().data)
    return digest.hexdigest()
