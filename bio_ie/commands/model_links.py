"""Links the mentions of texts to concepts with a trained model."""

from typing import Any, Dict, Iterable, Iterator, Optional

from allennlp.common.checks import ConfigurationError
from allennlp.models import load_archive
from allennlp.predictors import Predictor

from bio_ie.files.failures import Failure
from bio_ie.knowledge.concept_links import vocabulary_id
from bio_ie.knowledge.knowledge_base import KnowledgeBase
from bio_ie.predictors.document_predictor import DocumentPredictor
from bio_ie.text.document import Document, Mention


def linking_predictor(archive: str, annotated: bool, cuda_device: int = -1) -> DocumentPredictor:
    """Loads the predictor of an archive whose model links mentions.

    # Parameters

    archive : `str`
    annotated : `bool`
        Whether the texts have annotated mentions. If so, the model must take mentions as input. If
        not, it must find mentions itself, or have a `mention_detector`.
    cuda_device : `int`, optional (default = `-1`)

    Raises `ConfigurationError` if the model of the archive cannot be used in this way.
    """
    predictor = Predictor.from_archive(load_archive(archive, cuda_device=cuda_device), "document")
    if not isinstance(predictor, DocumentPredictor):
        raise ConfigurationError(f"the model of {archive} does not predict documents")
    if not predictor.links_mentions:
        raise ConfigurationError(
            f"the model of {archive} cannot link: it predicts no concepts of mentions"
        )
    if annotated and not predictor.takes_mentions:
        raise ConfigurationError(
            f"--annotated cannot be used: the model of {archive} finds its own mentions"
        )
    if not annotated and predictor.takes_mentions and not predictor.has_detector:
        raise ConfigurationError(
            f"the model of {archive} needs mentions as input: use a file with mentions and "
            "--annotated, or train the model with a mention_detector"
        )
    return predictor


def model_links(
    documents: Iterable[Document],
    predictor: DocumentPredictor,
    annotated: bool,
    kb: Optional[KnowledgeBase] = None,
) -> Iterator[Dict[str, Any]]:
    """For each document, yields a JSON object with its id and mentions, or with its id and an
    `error`.

    Each mention has offsets, its text, its type, and as `candidates` the concepts that it was
    linked to. A candidate has an id, and as its `score` the model's probability of the mention as a
    whole. If `kb` knows the concept, the candidate also has a name and semantic types.
    """
    given = (
        documents if annotated else (d.with_changes(mentions=(), relations=()) for d in documents)
    )
    for found in predictor.predict_documents(given):
        if isinstance(found, Failure):
            yield found.to_json()
            continue
        mentions = [_linked(found, mention, kb) for mention in found.mentions]
        yield {"id": found.id, "mentions": mentions}


def _linked(document: Document, mention: Mention, kb: Optional[KnowledgeBase]) -> Dict[str, Any]:
    return {
        "start": mention.start,
        "end": mention.end,
        "text": document.text_of(mention),
        "type": mention.type,
        "candidates": [_concept(concept_id, mention, kb) for concept_id in mention.concept_ids],
    }


def _concept(concept_id: str, mention: Mention, kb: Optional[KnowledgeBase]) -> Dict[str, Any]:
    result: Dict[str, Any] = {"id": concept_id, "name": "", "semantic_types": []}
    if mention.score is not None:
        result["score"] = round(mention.score, 4)
    known = None if kb is None else kb.resolve(vocabulary_id(concept_id, mention.type))
    if kb is not None and known is not None:
        concept = kb.concept(known)
        result.update(name=concept.name, semantic_types=list(concept.semantic_types))
    return result
