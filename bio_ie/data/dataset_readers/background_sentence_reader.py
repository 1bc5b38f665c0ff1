"""The base of the sentence readers that look up names of the text in a knowledge base."""

from typing import Any, Dict, List, Optional

from allennlp.data import TokenIndexer
from allennlp.data.fields import Field

from bio_ie.data.dataset_readers.scored_data import knowledge_bases_of
from bio_ie.data.dataset_readers.sentence_reader import SentenceReader
from bio_ie.data.fields import BackgroundGraphField
from bio_ie.knowledge.background_graph import BackgroundKnowledgeBase
from bio_ie.knowledge.knowledge_base import KnowledgeBase
from bio_ie.text.sentences import Sentence
from bio_ie.text.tokenizers.alignment import align_tokens


class BackgroundSentenceReader(SentenceReader):
    """Base of the sentence readers for models that may use background knowledge.

    # Parameters

    token_indexers, corpus, tokenizer, sentence_splitter, align, max_words, max_instances,
    serialization_dir
        See `SentenceReader`.
    background : `BackgroundKnowledgeBase`, optional
        The knowledge base in which the reader looks up the names of a text. Instances then have the
        field `background`.
    """

    def __init__(
        self,
        token_indexers: Dict[str, TokenIndexer],
        background: Optional[BackgroundKnowledgeBase] = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(token_indexers, **kwargs)
        self._background = background

    def knowledge_bases(self) -> List[KnowledgeBase]:
        if self._background is None:
            return []
        return knowledge_bases_of(self._background.kb, self._background.candidate_generator)

    def add_background(self, view: Sentence, instance: Dict[str, Field]) -> None:
        """Adds the field `background` to an instance that has `words` and `metadata`. It also adds
        `concepts` to the metadata: the id, name and semantic types of each node of the graph.
        Without a knowledge base, the instance does not change."""
        if self._background is None:
            return
        metadata: Dict[str, Any] = instance["metadata"].metadata  # type: ignore[attr-defined]
        (graph,) = self._background.graphs([view.text], [view.document.text])
        places = [(view.start + start, view.start + end) for (start, end), _ in graph.matches]
        # A name may begin or end inside a word of the corpus.
        words = align_tokens(view.document.text, metadata["word_spans"], places, "expand")
        candidates = [
            (*span, nodes)
            for span, (_, nodes) in zip(words.word_spans, graph.matches, strict=True)
            if span is not None
        ]
        ids = [node.id for node in graph.nodes]
        instance["background"] = BackgroundGraphField(candidates, ids, graph.types, graph.edges)
        names = self._background.kb.preferred_names(ids)
        metadata["concepts"] = [
            {"id": id_, "name": names.get(id_, id_), "semantic_types": list(types)}
            for id_, types in zip(ids, graph.types, strict=True)
        ]
