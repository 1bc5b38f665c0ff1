"""The tasks of end-to-end entity linking (paper 3, section 2.1)."""

RECOGNITION, TYPING, LINKING = TASKS = (
    "mention_recognition",
    "entity_typing",
    "entity_linking",
)
"""From low to high."""

NAMESPACES = {RECOGNITION: "mention_tags", TYPING: "type_labels", LINKING: "concept_labels"}
"""Of each task, the vocabulary's namespace of its labels."""
