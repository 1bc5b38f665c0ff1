"""The tasks of end-to-end entity linking (multi-task linking, section 2.1)."""

RECOGNITION, TYPING, LINKING = TASKS = (
    "mention_recognition",
    "entity_typing",
    "entity_linking",
)
"""The tasks, from the lowest to the highest."""

NAMESPACES = {RECOGNITION: "mention_tags", TYPING: "type_labels", LINKING: "concept_labels"}
"""For each task, the vocabulary namespace of its labels."""
