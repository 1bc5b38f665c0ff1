"""Finds scored documents that a knowledge base or vectors of its concepts already know.

A relation of a knowledge base can come from a paper. If a model is scored on this paper, the
relation tells it what it should find there, and the score is too good. The same holds for vectors
that were trained on the relations.
"""

from typing import (
    Any,
    Collection,
    Dict,
    Iterable,
    Iterator,
    List,
    Mapping,
    NamedTuple,
    Optional,
    Set,
)

from allennlp.common.checks import ConfigurationError

from bio_ie.knowledge.concept_embeddings import read_concept_vectors
from bio_ie.knowledge.knowledge_base import KnowledgeBase
from bio_ie.text.counted import counted
from bio_ie.text.papers import paper_of

FINGERPRINT = "knowledge_base"
"""The note of concept vectors that holds the fingerprint of their knowledge base."""

DOCUMENTS = "documents"
"""The note of concept vectors that lists the documents which the relations come from that they were
trained on. Vectors that know no relation have an empty list."""

KNOWN_FROM = "known_from"
"""The key of a predicted document's metadata that lists the files of the model's knowledge in which
its paper is evidence."""

_OF_TEXTS = "description"
"""The kind of vectors that are made of definitions and know no relation."""

REMEDY = (
    "Build the knowledge base without these documents (bio-ie build-kb ... --exclude-scored CONFIG "
    "or --exclude-documents DATA_PATH), and make the vectors from that one (bio-ie embed-concepts)"
)


class LeakError(ConfigurationError):
    """Raised if documents that are scored are evidence for what a model knows beforehand."""


class VectorsEvidence(NamedTuple):
    """What a file of concept vectors tells of the documents behind it."""

    path: str
    fingerprint: Optional[str]
    """Of the knowledge base; `None` if the file does not say."""
    documents: Optional[List[str]]
    """`None` if the file does not say."""


def vectors_evidence(path: str) -> VectorsEvidence:
    """Reads what a file of concept vectors tells of the documents behind it.

    Raises `ConceptVectorsError` for a file that cannot be read."""
    content = read_concept_vectors(path)
    notes: Mapping[str, Any] = content.notes
    documents = [] if content.kind == _OF_TEXTS else notes.get(DOCUMENTS)
    return VectorsEvidence(path, notes.get(FINGERPRINT), documents)


def evidence_notes(kb: KnowledgeBase, from_relations: bool) -> Mapping[str, Any]:
    """The notes of concept vectors that `vectors_evidence` reads.

    # Parameters

    kb : `KnowledgeBase`
    from_relations : `bool`
        Whether the vectors are trained on the relations of the knowledge base.
    """
    documents = list(kb.evidence_documents()) if from_relations else []
    return {FINGERPRINT: kb.fingerprint, DOCUMENTS: documents}


def leaks(
    papers: Set[str],
    knowledge_bases: Iterable[KnowledgeBase],
    vectors: Iterable[VectorsEvidence] = (),
) -> Iterator[str]:
    """Tells, in a sentence each, which knowledge bases and which vectors know some of the papers,
    and which vectors may know some.

    # Parameters

    papers : `Set[str]`
        The papers of the scored documents (`bio_ie.text.papers`).
    knowledge_bases : `Iterable[KnowledgeBase]`
        The knowledge bases in use. One that is given twice is looked at once.
    vectors : `Iterable[VectorsEvidence]`, optional (default = `()`)
        The vectors in use.
    """
    bases = {kb.path: kb for kb in knowledge_bases}
    for path, kb in bases.items():
        documents = list(kb.evidence_documents())
        known = leaking_documents(papers, documents)
        if known:
            of_known = set(known)
            resting, alone = kb.num_relations_from(
                document for document in documents if paper_of(document) in of_known
            )
            yield (
                f"{_share(known, papers)} evidence in the knowledge base {path}: "
                f"{counted(resting, 'relation rests', 'relations rest')} on them, {alone:,} on "
                "them alone"
            )
    fingerprints = {kb.fingerprint for kb in bases.values()}
    for file in {evidence.path: evidence for evidence in vectors}.values():
        if file.documents is not None:
            known = leaking_documents(papers, file.documents)
            if known:
                yield f"{_share(known, papers)} evidence in the vectors {file.path}"
        elif file.fingerprint is not None and file.fingerprint not in fingerprints:
            yield (
                f"the vectors {file.path} were made from another knowledge base than the one in "
                "use, and do not say from which documents it has its relations, so they may know "
                "what they are scored on"
            )


def known_papers(
    knowledge_bases: Iterable[KnowledgeBase], vectors: Iterable[VectorsEvidence] = ()
) -> Dict[str, List[str]]:
    """The papers that are evidence in knowledge bases or for vectors, each with the files in which
    it is, sorted."""
    documents = {kb.path: list(kb.evidence_documents()) for kb in knowledge_bases}
    documents.update((evidence.path, evidence.documents or []) for evidence in vectors)
    found: Dict[str, List[str]] = {}
    for file, ids in sorted(documents.items()):
        for paper in set(map(paper_of, ids)):
            found.setdefault(paper, []).append(file)
    return found


def predicted_leaks(
    papers: Set[str], known: Mapping[str, Collection[str]], checked: Collection[str] = ()
) -> Iterator[str]:
    """Tells, in a sentence each, which files knew some of the papers when a model predicted them.

    # Parameters

    papers : `Set[str]`
        The papers of the scored documents.
    known : `Mapping[str, Collection[str]]`
        The papers that predictions say were known, each with the files (`known_papers`).
    checked : `Collection[str]`, optional (default = `()`)
        Files that are left out, since `leaks` has told of them.
    """
    by_file: Dict[str, List[str]] = {}
    for paper in sorted(papers.intersection(known)):
        for file in set(known[paper]).difference(checked):
            by_file.setdefault(file, []).append(paper)
    for file, found in sorted(by_file.items()):
        yield f"{_share(found, papers)} evidence in {file}, which the model of the predictions has"


def unknown_origins(vectors: Iterable[VectorsEvidence]) -> List[str]:
    """The files of vectors that say neither from which documents nor from which knowledge base they
    were made, so that nothing can be checked."""
    return sorted({v.path for v in vectors if v.documents is None and v.fingerprint is None})


def leaking_documents(papers: Set[str], documents: Collection[str]) -> List[str]:
    """The papers that some of the documents are from, sorted."""
    return sorted(papers.intersection(map(paper_of, documents)))


def _share(known: List[str], papers: Set[str]) -> str:
    verb = "is" if len(known) == 1 else "are"
    return f"{len(known):,} of {counted(len(papers), 'scored paper')} (such as {known[0]}) {verb}"
