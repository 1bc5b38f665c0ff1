"""The sentences that KECI is measured on, and a knowledge base for them."""

from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, Dict, Iterator, List, Optional, Sequence, Tuple

import torch
from allennlp.common import Params
from allennlp.common.checks import ConfigurationError
from allennlp.data import DatasetReader, Instance

from benchmarks.instances import MODEL_NAME
from benchmarks.sentences import CHECKOUT
from bio_ie.data.corpora import CorpusFormat
from bio_ie.data.dataset_readers import SpanGraphReader
from bio_ie.data.fields.background_graph_field import BackgroundGraphField
from bio_ie.knowledge import write_knowledge_base
from bio_ie.knowledge.concept_embeddings import write_concept_vectors
from bio_ie.knowledge.statements import ConceptName, ConceptRelation, ConceptType, Statement
from bio_ie.text.document import Document

OPEN_KB = CHECKOUT / "knowledge_bases" / "open.sqlite"
"""See `training_config/knowledge/open.jsonnet`."""
KECI_PAPER = CHECKOUT / "training_config" / "keci" / "paper" / "biorelex.jsonnet"
KECI_RECIPE = CHECKOUT / "training_config" / "keci" / "biorelex.jsonnet"

VECTOR_DIMS = {"pretrained": 50, "description": 384}
"""The sizes of the vectors of concepts, by part of the concept embedder."""


@dataclass(frozen=True)
class KeciSentences:
    """Documents of about one sentence each, and a knowledge base."""

    source: str
    documents: Tuple[Document, ...]
    knowledge_base: Path


def read_keci_sentences(
    count: int, data_folder: Path, folder: Path, knowledge_base: Path = OPEN_KB
) -> KeciSentences:
    """The first `count` sentences of BioRelEx or, if it does not exist, of the demo corpus; and a
    knowledge base (`kb_or_names`)."""
    source, file, corpus = "BioRelEx", data_folder / "biorelex" / "1.0alpha7.train.json", "biorelex"
    if not file.is_file():
        source, file, corpus = "demo", CHECKOUT / "fixtures" / "demo" / "train.jsonl", "jsonl"
    documents = tuple(islice(CorpusFormat.by_name(corpus)().read(file), count))
    kb, name = kb_or_names(knowledge_base, documents, folder)
    return KeciSentences(f"{len(documents)} sentences of {source} with {name}", documents, kb)


def kb_or_names(
    knowledge_base: Path, documents: Sequence[Document], folder: Path
) -> Tuple[Path, str]:
    """`knowledge_base` or, if it does not exist, a knowledge base of the names that `documents`
    mention, which is made in `folder`; and a description of it."""
    if knowledge_base.is_file():
        return knowledge_base, knowledge_base.name
    path = folder / "names.sqlite"
    write_knowledge_base(path, {"names": list(_statements(documents))})
    return path, "a knowledge base of the names in them"


def _statements(documents: Sequence[Document]) -> Iterator[Statement]:
    """Statements of one concept for each name, with relations to the next few concepts."""
    names = {
        document.text_of(mention).lower(): mention.type
        for document in documents
        for mention in document.mentions
    }
    for number, (name, type_) in enumerate(names.items()):
        yield ConceptName(f"X:{number}", name)
        yield ConceptType(f"X:{number}", type_)
        for neighbour in range(number + 1, min(number + 5, len(names))):
            yield ConceptRelation(f"X:{number}", "near", f"X:{neighbour}")


def keci_params(config: Path, knowledge_base: Optional[Path]) -> Dict[str, Any]:
    """A config whose reader makes the embedded encoder's wordpieces and uses this knowledge base,
    or none."""
    params: Dict[str, Any] = Params.from_file(str(config)).as_dict(quiet=True)
    reader = params["dataset_reader"]
    reader["token_indexers"]["tokens"]["model_name"] = MODEL_NAME
    reader.pop("background", None)
    if knowledge_base is not None:
        reader["background"] = {"kb": {"path": str(knowledge_base)}}
    return params


def keci_reader(params: Dict[str, Any]) -> SpanGraphReader:
    """The reader of `keci_params`."""
    reader = DatasetReader.from_params(Params(params["dataset_reader"]).duplicate())
    if not isinstance(reader, SpanGraphReader):
        raise ConfigurationError("this is another reader than `span_graph`")
    return reader


def use_random_vectors(params: Dict[str, Any], instances: List[Instance], folder: Path) -> None:
    """Replaces the files of concept vectors that a model of these `params` reads. The new files in
    `folder` have random vectors for the concepts of `instances`. The time that vectors take does
    not depend on their values."""
    parts = params["knowledge"]["concept_embedder"].get("parts", {})
    fields = [instance["background"] for instance in instances]
    concepts = sorted(
        {
            node
            for field in fields
            if isinstance(field, BackgroundGraphField)
            for node in field.nodes
        }
    )
    for name in VECTOR_DIMS.keys() & parts.keys():
        file = folder / f"{name}.safetensors"
        write_concept_vectors(file, concepts, torch.randn(len(concepts), VECTOR_DIMS[name]), name)
        parts[name]["vectors"] = str(file)
