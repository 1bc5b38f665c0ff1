"""Sources that knowledge bases are built from."""

from typing import TYPE_CHECKING

from bio_ie.startup.lazy_exports import lazy_exports

if TYPE_CHECKING:
    from bio_ie.knowledge.sources.ctd import CtdSource
    from bio_ie.knowledge.sources.hpoa import HpoaSource
    from bio_ie.knowledge.sources.jsonl import JsonlSource, write_jsonl
    from bio_ie.knowledge.sources.knowledge_source import KnowledgeSource, SourceReport
    from bio_ie.knowledge.sources.merged import MergedSource
    from bio_ie.knowledge.sources.mesh import MeshSource
    from bio_ie.knowledge.sources.obo import OboSource
    from bio_ie.knowledge.sources.umls import UmlsSource
else:
    __getattr__ = lazy_exports(__name__)
