"""The tasks of the multi-task entity linker."""

from typing import TYPE_CHECKING

from bio_ie.startup.lazy_exports import lazy_exports

if TYPE_CHECKING:
    from bio_ie.models.multitask_entity_linker.tasks.candidate_softmax import CandidateRescoring
    from bio_ie.models.multitask_entity_linker.tasks.linking_task import LinkingTask
    from bio_ie.models.multitask_entity_linker.tasks.span_classifier import SpanClassifier
    from bio_ie.models.multitask_entity_linker.tasks.span_tasks import (
        MatchedSpans,
        SpanTasks,
        certain,
        flat_spans,
        match_spans,
    )
    from bio_ie.models.multitask_entity_linker.tasks.task_encoders import TaskEncoders
    from bio_ie.models.multitask_entity_linker.tasks.task_spans import (
        TaskSpans,
        WordLabels,
        labelled_runs,
        voted_labels,
    )
    from bio_ie.models.multitask_entity_linker.tasks.word_labeller import WordLabeller
    from bio_ie.models.multitask_entity_linker.tasks.word_tasks import WordTasks
else:
    __getattr__ = lazy_exports(__name__)
