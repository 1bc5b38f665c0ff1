"""The tasks of end-to-end entity linking (multi-task linking, section 2.1)."""

RECOGNITION, TYPING, LINKING = TASKS = (
    "mention_recognition",
    "entity_typing",
    "entity_linking",
)
"""From low to high."""

NAMESPACES = {RECOGNITION: "mention_tags", TYPING: "type_labels", LINKING: "concept_labels"}
"""Of each task, the vocabulary's namespace of its labels."""
