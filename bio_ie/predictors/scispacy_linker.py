"""A baseline that finds mentions with scispaCy pipelines and links them to concepts."""

from itertools import islice
from typing import Any, Dict, Iterable, Iterator, List, Tuple

import spacy
from allennlp.common.checks import ConfigurationError
from spacy.language import Language
from spacy.tokens import Span as SpacySpan

from bio_ie.files.failures import DocumentOrFailure
from bio_ie.knowledge.candidate_generators.scispacy import without_library
from bio_ie.text.document import Document, Mention

LINKER = "scispacy_linker"
"""The name of scispaCy's pipe."""


class ScispacyLinker:
    """Finds mentions with a scispaCy pipeline, and links each mention to the best concept of
    scispaCy's `EntityLinker` (Neumann et al. 2019; "SciSpacy" in the multi-task linking paper).
    The type of a mention is the first semantic type of its concept, or the pipeline's label.

    This class downloads nothing. scispaCy itself downloads the index of a linker when it is first
    used.

    # Parameters

    nlp : `Language`
        A pipeline. If it has no pipe "scispacy_linker", mentions have no concepts. See
        `load_scispacy`.
    batch_size : `int`, optional (default = `32`)
        The number of documents that the pipeline processes at once.
    """

    def __init__(self, nlp: Language, batch_size: int = 32) -> None:
        if batch_size < 1:
            raise ConfigurationError(f"batch_size must be positive, not {batch_size}")
        self._nlp = nlp
        self._batch_size = batch_size
        linker: Any = nlp.get_pipe(LINKER) if LINKER in nlp.pipe_names else None
        self._concepts: Dict[str, Any] = {} if linker is None else linker.kb.cui_to_entity

    def predict_documents(self, inputs: Iterable[DocumentOrFailure]) -> Iterator[DocumentOrFailure]:
        """The documents, in order, with the mentions that the pipeline finds in place of their
        annotations. Failures pass through."""
        stream = iter(inputs)
        while items := list(islice(stream, self._batch_size)):
            texts = [item.text for item in items if isinstance(item, Document)]
            found = self._nlp.pipe(texts, batch_size=self._batch_size)
            for item in items:
                yield self._linked(item, next(found)) if isinstance(item, Document) else item

    def _linked(self, document: Document, found: Any) -> Document:
        mentions = [
            Mention(f"T{number}", entity.start_char, entity.end_char, *self._meaning(entity))
            for number, entity in enumerate(found.ents, 1)
        ]
        return document.with_changes(mentions=mentions, relations=(), facts=())

    def _meaning(self, entity: SpacySpan) -> Tuple[str, Tuple[str, ...], Any, Any, Any]:
        """The type, concepts, entity, fragments and score of a mention."""
        links: List[Any] = entity._.kb_ents if SpacySpan.has_extension("kb_ents") else []
        if not links:
            return entity.label_, (), None, (), None
        concept, score = links[0]
        types = getattr(self._concepts.get(concept), "types", None) or [entity.label_]
        return types[0], (concept,), None, (), min(float(score), 1.0)


def load_scispacy(pipeline: str, linker: str, threshold: float = 0.7) -> Language:
    """Loads a pipeline that expands abbreviations and links mentions.

    # Parameters

    pipeline : `str`
        The name of an installed pipeline, such as `en_core_sci_lg` or `en_ner_bc5cdr_md`, or its
        folder.
    linker : `str`
        One of scispaCy's knowledge bases: `umls`, `mesh`, `rxnorm`, `go` or `hpo`.
    threshold : `float`, optional (default = `0.7`)
        The lowest similarity between a mention and a name at which they are linked.

    Raises `ConfigurationError` if a part is not installed.
    """
    try:
        import scispacy.abbreviation
        import scispacy.linking  # noqa: F401 - they register pipes
    except ImportError as error:
        raise ConfigurationError(f"scispaCy's linker {without_library(error)}") from error
    try:
        nlp = spacy.load(pipeline)
    except OSError as error:
        raise ConfigurationError(
            f"spaCy has no pipeline {pipeline!r}: scispaCy's are installed from the addresses on "
            "https://allenai.github.io/scispacy/"
        ) from error
    nlp.add_pipe("abbreviation_detector")
    nlp.add_pipe(
        LINKER,
        config={"resolve_abbreviations": True, "linker_name": linker, "threshold": threshold},
    )
    return nlp
