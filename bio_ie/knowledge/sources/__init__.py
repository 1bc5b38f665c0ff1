from bio_ie.knowledge.sources.jsonl import JsonlSource
from bio_ie.knowledge.sources.knowledge_source import KnowledgeSource, SourceReport
