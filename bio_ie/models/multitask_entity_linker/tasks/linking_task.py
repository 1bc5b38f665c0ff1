"""The settings of one task of a multi-task linker."""

from typing import Optional

from allennlp.common import FromParams, Lazy
from allennlp.common.checks import ConfigurationError
from allennlp.modules import FeedForward, Seq2SeqEncoder

from bio_ie.models.multitask_entity_linker.tasks.candidate_softmax import CandidateRescoring
from bio_ie.modules.tagging import TagDecoder


class LinkingTask(FromParams):
    """The parts that a task does not share with the others (multi-task linking, section 2.2).

    # Parameters

    encoder : `Seq2SeqEncoder`, optional
        Encodes the words; given without the size of its input. In the paper it is a multi-layer
        BiLSTM.
    feedforward : `FeedForward`, optional
        Given without `input_dim`. A linear layer to the classes follows in any case.
    nil_weight : `float`, optional (default = `1.0`)
        The weight of Nil in the loss; every other class has weight 1.
    num_negatives : `int`, optional (default = `0`)
        The number of classes in the softmax of training besides those of the batch (see
        `BatchSoftmax`; 0 in the paper). Not for BILOU tags and labels with a `tag_decoder`, which
        have a softmax over all classes.
    tag_decoder : `TagDecoder`, optional
        For labels of words; by default each word gets its best label. `crf` has its own loss,
        without `nil_weight`.
    candidate_rescoring : `CandidateRescoring`, optional
        For labels of mentions: scores candidates of a knowledge base too.
    """

    def __init__(
        self,
        encoder: Optional[Lazy[Seq2SeqEncoder]] = None,
        feedforward: Optional[Lazy[FeedForward]] = None,
        nil_weight: float = 1.0,
        num_negatives: int = 0,
        tag_decoder: Optional[Lazy[TagDecoder]] = None,
        candidate_rescoring: Optional[CandidateRescoring] = None,
    ) -> None:
        if not nil_weight > 0:
            raise ConfigurationError(f"nil_weight must be positive, not {nil_weight}")
        self.encoder = encoder
        self.feedforward = feedforward
        self.nil_weight = nil_weight
        self.num_negatives = num_negatives
        self.tag_decoder = tag_decoder
        self.candidate_rescoring = candidate_rescoring
