"""A small knowledge base for tests of components that search by names."""

from pathlib import Path
from typing import Dict, Iterable, Sequence, Tuple

from bio_ie.knowledge import KnowledgeBase, write_knowledge_base
from bio_ie.knowledge.statements import ConceptName, ConceptType, Statement

EXAMPLE: Dict[str, Tuple[str, Sequence[str]]] = {
    "X:01": ("Chemical", ["Methamphetamine", "Methylamphetamine", "N-Methylamphetamine"]),
    "X:02": ("Chemical", ["Amphetamine", "Amfetamine"]),
    "X:03": ("Disease", ["Seizures", "Seizure", "Epileptic fit"]),
    "X:04": ("Disease", ["Epilepsy", "Seizure Disorder"]),
    "X:05": ("Disease", ["Diabetes Mellitus, Type 2", "Non-Insulin-Dependent Diabetes"]),
    "X:06": ("Disease", ["Cold", "Common cold"]),
    "X:07": ("Finding", ["Cold", "Cold sensation"]),
    "X:08": ("Disease", ["Acute Lymphocytic Leukemia", "ALL"]),
    "X:09": ("Disease", ["Toxicity of methamphetamine"]),
    "X:10": ("Chemical", ["β-Carotene", "beta Carotene"]),
}
"""Semantic type and names of each concept."""


def write_example_kb(
    path: Path, concepts: Dict[str, Tuple[str, Sequence[str]]] = EXAMPLE
) -> KnowledgeBase:
    write_knowledge_base(path, {"example": _statements(concepts)})
    return KnowledgeBase(str(path))


def _statements(concepts: Dict[str, Tuple[str, Sequence[str]]]) -> Iterable[Statement]:
    for concept_id, (type_, names) in concepts.items():
        for rank, name in enumerate(names):
            yield ConceptName(concept_id, name, rank)
        yield ConceptType(concept_id, type_)
