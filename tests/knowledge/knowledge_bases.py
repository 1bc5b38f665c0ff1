"""Knowledge bases for tests."""

from pathlib import Path
from typing import Any, List, Optional, Sequence, Tuple

import pytest
from allennlp.common import Params

from bio_ie.files.corpus_error import CorpusError
from bio_ie.knowledge import KnowledgeBase, write_knowledge_base
from bio_ie.knowledge.sources import KnowledgeSource, SourceReport
from bio_ie.knowledge.statements import ConceptName, ConceptType, Statement


def named(concept: str, *names: str, types: Sequence[str] = ()) -> List[Statement]:
    """A concept with a preferred name, aliases and types."""
    statements: List[Statement] = [ConceptName(concept, names[0], 0)]
    statements += [ConceptName(concept, name) for name in names[1:]]
    return statements + [ConceptType(concept, type_) for type_ in types]


def built(folder: Path, *sources: List[Statement], **options: Any) -> KnowledgeBase:
    """A knowledge base of statements."""
    path = folder / "kb.sqlite"
    write_knowledge_base(path, {f"s{place}": part for place, part in enumerate(sources)}, **options)
    return KnowledgeBase(str(path))


def from_source(
    folder: Path, report: Optional[SourceReport] = None, **params: Any
) -> Tuple[KnowledgeBase, SourceReport]:
    """A knowledge base of one source, and what was read."""
    report = report or SourceReport()
    source = KnowledgeSource.from_params(Params(params))
    return built(folder, list(source.read(report))), report


def refusal(folder: Path, monkeypatch: pytest.MonkeyPatch, source: str, content: str) -> str:
    """The message of the error with which a source refuses a file `x` of this content."""
    monkeypatch.chdir(folder)
    Path("x").write_text(content)
    with pytest.raises(CorpusError) as caught:
        from_source(folder, type=source, path="x")
    return str(caught.value)


def relations(knowledge_base: KnowledgeBase) -> List[Tuple[str, str, str]]:
    return list(knowledge_base.relations())
