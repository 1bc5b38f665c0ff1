"""Several sources as one."""

from typing import Iterator, List, Sequence

from allennlp.common.checks import ConfigurationError

from bio_ie.knowledge.sources.knowledge_source import KnowledgeSource, SourceReport
from bio_ie.knowledge.statements import Statement


@KnowledgeSource.register("merged")
class MergedSource(KnowledgeSource):
    """Several sources as one. Where they disagree, the earlier source takes precedence. Concepts
    with the same id become one concept. Concepts with different ids also become one if a
    cross-reference that `merge_by` selects connects them.

    Registered as a `KnowledgeSource` with name "merged".

    # Parameters

    sources : `List[KnowledgeSource]`
    merge_by : `List[str]`, optional (default = `[]`)
        Prefixes of ids, such as `"MESH"`; see `KnowledgeBaseWriter`.
    """

    def __init__(self, sources: List[KnowledgeSource], merge_by: Sequence[str] = ()) -> None:
        super().__init__("")
        if not sources:
            raise ConfigurationError("merged needs at least one source")
        self.sources = sources
        self.merge_by = tuple(merge_by)

    def parts(self) -> List[KnowledgeSource]:
        return [part for source in self.sources for part in source.parts()]

    def read(self, report: SourceReport) -> Iterator[Statement]:
        for part in self.parts():
            yield from part.read(report)
