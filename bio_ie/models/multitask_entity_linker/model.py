"""Multi-task end-to-end entity linking (Wiatrak and Iso-Sipilä 2020)."""

from typing import Any, Dict, List, Optional, Sequence

import torch
from allennlp.common.checks import ConfigurationError
from allennlp.data import TextFieldTensors, Vocabulary
from allennlp.models import Model
from allennlp.modules import TextFieldEmbedder
from allennlp.nn import RegularizerApplicator
from allennlp.nn.parallel import DdpAccelerator

from bio_ie.data.concept_labels import label_concepts
from bio_ie.data.fields import IGNORED
from bio_ie.data.fields.span_candidates_field import CandidateTensors
from bio_ie.data.linking_task_names import LINKING, NAMESPACES, RECOGNITION, TASKS, TYPING
from bio_ie.metrics.linking_scores import LinkingScores
from bio_ie.metrics.tensor_average import TensorAverage
from bio_ie.metrics.thresholds import Thresholds
from bio_ie.metrics.training_metric import TrainingMetric
from bio_ie.models.multitask_entity_linker.link_threshold import LinkThreshold
from bio_ie.models.multitask_entity_linker.linking_decoder import LinkingDecoder, span_output
from bio_ie.models.multitask_entity_linker.tasks import (
    LinkingTask,
    MatchedSpans,
    SpanClassifier,
    SpanTasks,
    TaskEncoders,
    WordLabeller,
    WordLabels,
    WordTasks,
    certain,
    flat_spans,
    labelled_runs,
    match_spans,
)
from bio_ie.models.vocabulary_labels import vocabulary_labels
from bio_ie.modules.row_items import RowItems, split_rows
from bio_ie.modules.text_spans import TextSpans


@Model.register("multitask_entity_linker")
class MultitaskEntityLinker(Model):
    """Recognises mentions, types them and links them to concepts, all three by classification:
    either of words ("per token") or of the mentions that mention recognition finds ("per entity").
    Any of the three tasks may be left out.

    Registered as a `Model` with name "multitask_entity_linker". Instances come from
    `entity_linking`.

    # Parameters

    text_field_embedder : `TextFieldEmbedder`
        Encodes the words with their context. All later parts see the words only, without context.
    tasks : `Dict[str, LinkingTask]`
        `mention_recognition`, `entity_typing`, `entity_linking`, or some of them. This is also
        their order, from low to high.
    granularity : `str`, optional (default = `"token"`)
        Whether to classify words, `"token"` (PT), or mentions, `"entity"` (PE, section 2.1). The
        reader must have the same value.
    architecture : `str`, optional (default = `"flat"`)
        `"flat"`: the tasks share only the embedder; also for a single task. `"hierarchical"`: each
        task also reads the output of the encoder of the next lower task (section 2.2).
    type_scheme : `str`, optional (default = `"plain"`)
        `"plain"` or `"bilou"`, as in the reader.
    tune_encoder_on : `List[str]`, optional
        The tasks whose losses train the embedder (section 3.1). By default all.
    task_sampling : `str`, optional (default = `"joint"`)
        The loss in training: the sum of all losses (`"joint"`), or for each batch the loss of one
        task, drawn in proportion to how much of the batch is labelled for it (`"proportional"`).
    boundaries : `str`, optional (default = `"own"`)
        For granularity "token": the mentions of typing and linking are runs of one label (`"own"`),
        or the mentions of mention recognition, each with the label that most of its words have
        (`"mention_recognition"`).
    span_source : `str`, optional (default = `"task"`)
        For granularity "entity": the mentions to classify out of training. They are found by
        mention recognition (`"task"`), given by the reader (`"archive"`), or gold (`"gold"`).
    training_spans : `str`, optional (default = `"gold"`)
        The mentions to classify in training: `"gold"`, `"predicted"` by mention recognition (or
        given by the reader, for a model without it), or `"both"`. Predicted spans that are no gold
        mention are of class Nil. If all are gold, there is no Nil.
    dropout : `float`, optional (default = `0.1`)
        The dropout of the words' vectors and of the output of the tasks' encoders.
    regularizer, serialization_dir, ddp_accelerator : optional
        As in every `Model`.

    # Output of `forward`

    `loss` when there are labels. Out of training also `metadata` and the mentions that each task
    found, as a tensor for every sentence (see `span_output`).
    """

    default_predictor = "document"

    def __init__(
        self,
        vocab: Vocabulary,
        text_field_embedder: TextFieldEmbedder,
        tasks: Dict[str, LinkingTask],
        granularity: str = "token",
        architecture: str = "flat",
        type_scheme: str = "plain",
        tune_encoder_on: Optional[List[str]] = None,
        task_sampling: str = "joint",
        boundaries: str = "own",
        span_source: str = "task",
        training_spans: str = "gold",
        dropout: float = 0.1,
        regularizer: Optional[RegularizerApplicator] = None,
        serialization_dir: Optional[str] = None,
        ddp_accelerator: Optional[DdpAccelerator] = None,
    ) -> None:
        # The ignored type lacks an Optional in AllenNLP.
        super().__init__(vocab, regularizer, serialization_dir, ddp_accelerator)  # type: ignore[arg-type]
        for name, value, allowed in (
            ("granularity", granularity, ("token", "entity")),
            ("architecture", architecture, ("flat", "hierarchical")),
            ("type_scheme", type_scheme, ("plain", "bilou")),
            ("task_sampling", task_sampling, ("joint", "proportional")),
            ("boundaries", boundaries, ("own", RECOGNITION)),
            ("span_source", span_source, ("gold", "task", "archive")),
            ("training_spans", training_spans, ("gold", "predicted", "both")),
        ):
            if value not in allowed:
                raise ConfigurationError(f"{name} must be one of {allowed}, not {value!r}")
        unknown = sorted(set(tasks) - set(TASKS))
        if unknown or not tasks:
            raise ConfigurationError(f"tasks must be some of {TASKS}, not {unknown}")
        by_entity = granularity == "entity"
        if RECOGNITION not in tasks:
            if boundaries != "own" or (by_entity and span_source == "task"):
                raise ConfigurationError("boundaries or span_source need mention_recognition")
        elif by_entity and len(tasks) == 1:
            raise ConfigurationError(
                "granularity 'entity' needs another task besides mention_recognition"
            )

        self.tasks = [task for task in TASKS if task in tasks]
        self.text_field_embedder = text_field_embedder
        self.dropout = torch.nn.Dropout(dropout)
        self.task_encoders = TaskEncoders(
            {task: tasks[task] for task in self.tasks},
            text_field_embedder.get_output_dim(),
            architecture == "hierarchical",
            tune_encoder_on,
            dropout,
        )
        labels = {task: vocabulary_labels(vocab, NAMESPACES[task]) or ["O"] for task in TASKS}
        dims = self.task_encoders.output_dims
        labellers: Dict[str, WordLabeller] = {}
        classifiers: Dict[str, SpanClassifier] = {}
        for task in self.tasks:
            given = dims[task], labels[task], tasks[task]
            if by_entity and task != RECOGNITION:
                classifiers[task] = SpanClassifier(*given, with_nil=training_spans != "gold")
            else:
                is_bilou = task == RECOGNITION or (task == TYPING and type_scheme == "bilou")
                labellers[task] = WordLabeller(*given, tagged=is_bilou)
        self.word_tasks = WordTasks(labellers, boundaries == "own")
        nil = {task: labels[task].index("O") for task in classifiers}
        self.span_tasks = SpanTasks(classifiers, nil)
        self._samples_tasks = task_sampling == "proportional"
        self._by_entity = by_entity
        self.span_source = span_source
        self.training_spans = training_spans
        trains_on_found_spans = training_spans != "gold" and by_entity and RECOGNITION in tasks
        # Mention recognition must find spans in every batch, even if another task is drawn.
        self._always_encoded = [RECOGNITION] if trains_on_found_spans else []
        # The predictor's name for a model that is given the mentions of a text.
        self.entity_source = "gold" if by_entity and span_source == "gold" else "predicted"

        types = labellers[TYPING].scheme.types if TYPING in labellers else labels[TYPING]
        self.links_mentions = LINKING in self.tasks
        self.link_threshold = LinkThreshold() if self.links_mentions else None
        self._decoder = LinkingDecoder(
            self.tasks, types, labels[LINKING], by_entity, self.link_threshold
        )
        seen = {concept for label in labels[LINKING] for concept in label_concepts(label)}
        self._scores = LinkingScores(self.tasks, seen)
        self._losses = {task: TensorAverage() for task in self.tasks}
        self._accuracies = {task: TensorAverage() for task in labellers}

    def forward(
        self,
        words: TextFieldTensors,
        target_words: torch.Tensor,
        metadata: List[Dict[str, Any]],
        mention_tags: Optional[torch.Tensor] = None,
        type_labels: Optional[torch.Tensor] = None,
        concept_labels: Optional[torch.Tensor] = None,
        spans: Optional[torch.Tensor] = None,
        span_types: Optional[torch.Tensor] = None,
        span_concepts: Optional[torch.Tensor] = None,
        given_spans: Optional[torch.Tensor] = None,
        candidates: Optional[CandidateTensors] = None,
        sentences: Optional[torch.Tensor] = None,
    ) -> Dict[str, Any]:
        """
        # Parameters

        words : `TextFieldTensors`
            `B` sentences with their context.
        target_words : `torch.Tensor`
            `[B, S]`, the places of the sentences' own words; -1 is padding.
        metadata : `List[Dict[str, Any]]`
            See `EntityLinkingReader`.
        mention_tags, type_labels, concept_labels : `torch.Tensor`, optional
            `[B, S]`, the gold labels of words.
        spans, span_types, span_concepts : `torch.Tensor`, optional
            `[B, G, 2]` and `[B, G]`, the gold mentions and their labels.
        given_spans : `torch.Tensor`, optional
            `[B, P, 2]`, mentions to classify.
        candidates : `CandidateTensors`, optional
            See `SpanCandidatesField`; needed with `candidate_rescoring`.
        sentences : `torch.Tensor`, optional
            `[B, S]`, the sentence of its row that each word is in; needed where rows have several
            sentences.
        """
        mask = target_words >= 0  # [B, S]
        x = self.text_field_embedder(words)  # [B, N, H]
        # "After encoder, the context sentences are discarded" (section 3.1).
        index = target_words.clamp(min=0).unsqueeze(2).expand(-1, -1, x.size(2))
        x = self.dropout(x.gather(1, index))  # [B, S, H]
        drawn = self._draw(metadata) if self.training and self._samples_tasks else self.tasks
        vectors = self.task_encoders(x, mask, {*drawn, *self._always_encoded}, sentences)

        wanted = {task: vectors[task] for task in drawn}
        labels = {RECOGNITION: mention_tags, TYPING: type_labels, LINKING: concept_labels}
        losses = self.word_tasks.losses(wanted, mask, labels)
        if spans is not None and any(task in self.span_tasks.tasks for task in drawn):
            matched = self._training_spans(vectors, mask, spans, given_spans)
            flat = {TYPING: span_types, LINKING: span_concepts}
            is_span = spans[:, :, 0] >= 0
            gold = {task: None if x is None else x[is_span] for task, x in flat.items()}
            losses.update(self.span_tasks.losses(wanted, matched, gold, candidates))

        output: Dict[str, Any] = {}
        for task, loss in losses.items():
            output["loss"] = output.get("loss", 0.0) + loss
            self._losses[task](loss)
        if not self.training:
            labelled = self.word_tasks(vectors, mask)
            found = self._found(labelled, vectors, mask, spans, given_spans, candidates)
            output.update(split_rows(found, len(mask)))
            output["metadata"] = metadata
            if losses:
                self._count(output, labelled, labels, mask)
        return output

    def _draw(self, metadata: Sequence[Dict[str, Any]]) -> List[str]:
        """Draws one of the tasks, in proportion to the labels that the batch has for it. Without
        labels it returns all tasks."""
        counts = [sum(row["num_labelled"][task] for row in metadata) for task in self.tasks]
        if not any(counts):
            return self.tasks
        (drawn,) = torch.multinomial(torch.tensor(counts, dtype=torch.float), 1).tolist()
        return [self.tasks[drawn]]

    def _training_spans(
        self,
        vectors: Dict[str, torch.Tensor],
        mask: torch.Tensor,
        spans: torch.Tensor,
        given_spans: Optional[torch.Tensor],
    ) -> MatchedSpans:
        """The spans to learn to classify: mentions, and wrong spans if there are any."""
        found = None
        if self.training_spans != "gold":
            if self._always_encoded:
                labeller = self.word_tasks.labeller(RECOGNITION)
                words = labeller(vectors[RECOGNITION], mask)
                found = labelled_runs(labeller.scheme, words, mask).spans
            else:
                found = _given(given_spans, "training_spans")
        return match_spans(flat_spans(spans), found, self.training_spans == "both", mask)

    @torch.no_grad()
    def _found(
        self,
        labelled: Dict[str, WordLabels],
        vectors: Dict[str, torch.Tensor],
        mask: torch.Tensor,
        spans: Optional[torch.Tensor],
        given_spans: Optional[torch.Tensor],
        candidates: Optional[CandidateTensors],
    ) -> Dict[str, RowItems]:
        """The mentions that each task found, as output."""
        found = self.word_tasks.mentions(labelled, mask)
        if self._by_entity:
            if self.span_source == "task":
                judged = found[RECOGNITION]
            else:
                given = spans if self.span_source == "gold" else given_spans
                like = next(iter(vectors.values()))
                judged = certain(_given(given, "span_source"), like)
            of_spans, types = self.span_tasks(vectors, judged, candidates)
            found.update(of_spans)
        elif LINKING in found:
            types = self.word_tasks.types(labelled, found[LINKING].spans)
        output: Dict[str, RowItems] = {}
        for task, task_spans in found.items():
            output.update(span_output(task, task_spans, types if task == LINKING else None))
        return output

    def make_output_human_readable(self, output_dict: Dict[str, Any]) -> Dict[str, Any]:
        """Gives for each row a list of `Mention`s with types and concepts, `mentions`, in character
        offsets of the document. `LinkingDecoder` merges the mentions of the tasks."""
        return self._decoder.annotations(output_dict)

    def _count(
        self,
        output: Dict[str, Any],
        labelled: Dict[str, WordLabels],
        word_labels: Dict[str, Optional[torch.Tensor]],
        mask: torch.Tensor,
    ) -> None:
        """Adds a batch to the scores. These compare character offsets, so gold mentions that labels
        cannot represent count as well."""
        found, metadata = self._decoder.mentions(output), output["metadata"]
        if self.link_threshold is not None:
            gold = [row["gold_links"] for row in metadata]
            real = [not row["is_padding"] for row in metadata]
            self.link_threshold.count_links(found[LINKING], gold, real)
            found[LINKING], _ = self.link_threshold.split(found[LINKING])
        self._scores(metadata, found)
        for task, words in labelled.items():
            right = word_labels[task]
            if right is not None:
                known = mask & (right != IGNORED)
                correct = (words.label == right)[known]
                if len(correct):
                    self._accuracies[task](correct.float().mean(), len(correct))

    def training_metrics(self) -> List[TrainingMetric]:
        return [*self._losses.values(), *self._accuracies.values()]

    def get_metrics(self, reset: bool = False) -> Dict[str, float]:
        """The mean losses of tasks; out of training also the share of words whose labels are right,
        the scores of mentions with the model's threshold of links (`LinkingScores`), and the scores
        of links with other thresholds (`LinkThreshold`). All scores on reset, before that only the
        main ones."""
        metrics = {f"{task}_loss": self._losses[task].get_metric(reset) for task in self.tasks}
        if not self.training:
            for task, accuracy in self._accuracies.items():
                metrics[f"{task}_accuracy"] = accuracy.get_metric(reset)
            metrics.update(self._scores.get_metric(reset))
            if self.link_threshold is not None:
                for name, value in self.link_threshold.get_metric(reset).items():
                    metrics[f"{LINKING}_{name}"] = value
        return metrics

    @property
    def decision(self) -> Optional[Thresholds]:
        """The threshold of links, if the model links, for the callback `best_thresholds`."""
        return self.link_threshold


def _given(spans: Optional[torch.Tensor], setting: str) -> TextSpans:
    if spans is None:
        raise ConfigurationError(
            f"{setting} asks for mentions that the instances do not have. With span_source "
            "'archive', the reader gives the mentions of a mention_detector, or those of the text "
            "to predict"
        )
    return flat_spans(spans)
