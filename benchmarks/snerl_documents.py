"""The documents that SNERL is measured on, and a knowledge base with their candidates."""

from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, Dict, Iterator, Sequence, Tuple

from allennlp.common import Params
from allennlp.common.checks import ConfigurationError
from allennlp.data import DatasetReader

from benchmarks.instances import MODEL_NAME
from benchmarks.sentences import CHECKOUT
from bio_ie.data.corpora import CorpusFormat
from bio_ie.data.dataset_readers import DocumentGraphReader
from bio_ie.knowledge import KnowledgeBase, write_knowledge_base
from bio_ie.knowledge.statements import ConceptName, ConceptType, Statement
from bio_ie.knowledge.tfidf_index import build_tfidf_index
from bio_ie.text.document import Document

MESH_CTD_KB = CHECKOUT / "knowledge_bases" / "mesh_ctd.sqlite"
"""See `training_config/knowledge/mesh_ctd.jsonnet`."""
SNERL_RECIPE = CHECKOUT / "training_config" / "snerl" / "bc5cdr.jsonnet"


@dataclass(frozen=True)
class SnerlDocuments:
    """Abstracts with mentions and facts, the file they are from, and a knowledge base."""

    source: str
    file: Path
    format: str
    documents: Tuple[Document, ...]
    knowledge_base: Path


def read_snerl_documents(
    count: int, data_folder: Path, folder: Path, knowledge_base: Path = MESH_CTD_KB
) -> SnerlDocuments:
    """The first `count` documents of BC5CDR's training file, with `knowledge_base`.

    If the file does not exist, the documents are those made up for the tests. If the knowledge base
    does not exist, one is made in `folder` from the names that the documents mention and some
    similar names.
    """
    source, name, file, documents = first_documents(count, data_folder)
    kb_name = knowledge_base.name
    if not knowledge_base.is_file():
        knowledge_base, kb_name = folder / "concepts.sqlite", "a knowledge base of the names there"
        write_knowledge_base(knowledge_base, {"names": list(_statements(documents))})
        build_tfidf_index(KnowledgeBase(str(knowledge_base)))
    source = f"{len(documents)} documents of {source} with {kb_name}"
    return SnerlDocuments(source, file, name, documents, knowledge_base)


def first_documents(count: int, data_folder: Path) -> Tuple[str, str, Path, Tuple[Document, ...]]:
    """The first `count` documents of BC5CDR's training file, or those made up for tests where that
    is absent: what to call them, their format, and the file, first."""
    source, name = "BC5CDR train", "pubtator"
    file = data_folder / "bc5cdr" / "CDR_TrainingSet.PubTator.txt.gz"
    if not file.is_file():
        source, name = "fixtures/corpora/facts", "jsonl"
        file = CHECKOUT / "fixtures" / "corpora" / "facts" / "documents.jsonl"
    return source, name, file, tuple(islice(CorpusFormat.by_name(name)().read(file), count))


def _statements(documents: Sequence[Document]) -> Iterator[Statement]:
    """Statements of each mentioned concept with its first name, and of a second concept with a
    longer name."""
    concepts = {
        concept: (document.text_of(mention).lower(), mention.type)
        for document in reversed(documents)
        for mention in reversed(document.mentions)
        for concept in mention.concept_ids
    }
    for number, (concept, (name, type_)) in enumerate(sorted(concepts.items())):
        for id_, concept_name in ((concept, name), (f"Y:{number}", f"acute {name}")):
            yield ConceptName(id_, concept_name)
            yield ConceptType(id_, type_)


def snerl_params(config: Path, documents: SnerlDocuments) -> Dict[str, Any]:
    """A config whose reader makes the embedded encoder's wordpieces and uses the knowledge base of
    `documents`, on one thread."""
    params: Dict[str, Any] = Params.from_file(str(config)).as_dict(quiet=True)
    reader = params["dataset_reader"]
    reader["token_indexers"]["tokens"]["model_name"] = MODEL_NAME
    reader["corpus"] = {"type": documents.format}
    kb = {"path": str(documents.knowledge_base)}
    reader["kb"] = dict(kb)  # building a part empties it
    reader["candidate_generator"].update(kb=kb, num_threads=1)
    return params


def snerl_reader(params: Dict[str, Any]) -> DocumentGraphReader:
    """The reader of `snerl_params`."""
    reader = DatasetReader.from_params(Params(params["dataset_reader"]).duplicate())
    if not isinstance(reader, DocumentGraphReader):
        raise ConfigurationError("this is another reader than `document_graph`")
    return reader
