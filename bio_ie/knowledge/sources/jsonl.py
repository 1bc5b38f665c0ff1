"""scispaCy's format of a knowledge base: one concept per line, or one JSON array of concepts."""

import json
import os
from pathlib import Path
from typing import Any, Dict, Iterator, Union

from tqdm import tqdm

from bio_ie.files.atomic_output import atomic_writer
from bio_ie.files.corpus_error import quoted
from bio_ie.files.source import Source
from bio_ie.files.strict_json import parse_json
from bio_ie.knowledge.concept_ids import normalize_id
from bio_ie.knowledge.knowledge_base import Concept, KnowledgeBase
from bio_ie.knowledge.sources.knowledge_source import KnowledgeSource, SourceReport
from bio_ie.knowledge.statements import (
    AlternateId,
    ConceptName,
    ConceptType,
    Definition,
    Statement,
)
from bio_ie.text.counted import Phrase

_TEXT_LISTS = ("aliases", "types", "alternate_ids")

_CONCEPTS = Phrase("concepts", one="concept")
_ALIASES = Phrase("aliases", one="alias")


@KnowledgeSource.register("jsonl")
class JsonlSource(KnowledgeSource):
    """Reads the files that scispaCy's `KnowledgeBase` reads, with the keys `concept_id`,
    `canonical_name`, `aliases`, `types` and, if there is one, `definition`. It also reads the key
    `alternate_ids`, which `write_jsonl` writes and scispaCy does not know. The format has no
    relations.

    Registered as a `KnowledgeSource` with name "jsonl".
    """

    def _read(self, source: Source, report: SourceReport) -> Iterator[Statement]:
        for item in _items(source):
            try:
                _check(item)
            except ValueError as error:
                source.problem("not a concept", str(error))
                continue
            report.read[_CONCEPTS] += 1
            concept = normalize_id(item["concept_id"])
            yield ConceptName(concept, item["canonical_name"], 0)
            for alias in item.get("aliases") or ():
                if alias.strip():
                    yield ConceptName(concept, alias)
                    report.read[_ALIASES] += 1
            for type_ in item.get("types") or ():
                yield ConceptType(concept, type_)
            for id in item.get("alternate_ids") or ():
                yield AlternateId(concept, normalize_id(id))
            if item.get("definition"):
                yield Definition(concept, item["definition"])


def _items(source: Source) -> Iterator[Any]:
    """The concepts of the file. Lines are read one by one; an array, which scispaCy also takes, is
    read at once."""
    with source.binary() as file:
        start = file.read(64).lstrip(b"\xef\xbb\xbf \t\r\n")
    if start.startswith(b"["):
        yield from source.json()
        return
    for line in source.lines():
        if line.strip():
            try:
                yield parse_json(line)
            except ValueError as error:
                source.problem("not valid JSON", str(error))


def _check(item: Any) -> None:
    if not isinstance(item, dict):
        raise ValueError(f"{quoted(item)} is not an object")
    for key in ("concept_id", "canonical_name"):
        value = item.get(key)
        if not isinstance(value, str) or not value.strip():
            raise ValueError(f"{key} must be a string that is not blank, not {quoted(value)}")
    for key in _TEXT_LISTS:
        values = item.get(key) or []
        if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
            raise ValueError(f"{key} must be a list of strings, not {quoted(values)}")
    if not isinstance(item.get("definition") or "", str):
        raise ValueError(f"definition must be a string, not {quoted(item['definition'])}")


def write_jsonl(
    knowledge_base: KnowledgeBase, path: Union[str, "os.PathLike[str]"], progress: bool = False
) -> int:
    """Writes the concepts, ordered by id, one per line, and returns their number. Relations cannot
    be written.

    # Parameters

    knowledge_base : `KnowledgeBase`
    path : `str`
        The file appears only once it is complete. It is compressed if its name ends with `.gz`.
    progress : `bool`, optional (default = `False`)
        Shows a progress bar on standard error if that is a terminal.
    """
    bar = tqdm(
        knowledge_base.concepts(),
        total=len(knowledge_base),
        unit=" concepts",
        disable=None if progress else True,
    )
    with atomic_writer(Path(path)) as file:
        for concept in bar:
            file.write(json.dumps(_item(concept), ensure_ascii=False) + "\n")
    return len(knowledge_base)


def _item(concept: Concept) -> Dict[str, Any]:
    item: Dict[str, Any] = {
        "concept_id": concept.id,
        "canonical_name": concept.name,
        "aliases": concept.aliases,
        "types": concept.semantic_types,
    }
    if concept.definition is not None:
        item["definition"] = concept.definition
    if concept.alternate_ids:
        item["alternate_ids"] = concept.alternate_ids
    return item
