"""The settings of one task of several."""

from typing import Optional

from allennlp.common import FromParams, Lazy
from allennlp.common.checks import ConfigurationError
from allennlp.modules import FeedForward, Seq2SeqEncoder

from bio_ie.models.multitask_entity_linker.tasks.candidate_softmax import CandidateRescoring
from bio_ie.modules.tagging import TagDecoder


class LinkingTask(FromParams):
    """What a task has for itself (multi-task linking, section 2.2).

    # Parameters

    encoder : `Seq2SeqEncoder`, optional
        Over the words, given without the size of its input: the paper's multi-layer BiLSTM.
    feedforward : `FeedForward`, optional
        Given without `input_dim`. A linear layer to the classes follows in any case.
    nil_weight : `float`, optional (default = `1.0`)
        Of Nil in the loss; every other class has 1.
    num_negatives : `int`, optional (default = `0`)
        So many classes are in the softmax of training beside those of the batch (see
        `BatchSoftmax`; 0 is the paper's). Of labels that have no `tag_decoder` and are no BILOU
        tags: those have a softmax over all.
    tag_decoder : `TagDecoder`, optional
        Of labels of words, in place of the best label of each word by itself. With `crf` the loss
        is its own, and has no `nil_weight`.
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
