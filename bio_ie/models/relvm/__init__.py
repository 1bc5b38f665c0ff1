"""RELVM, and what is compared with it."""

from typing import TYPE_CHECKING

from bio_ie.startup.lazy_exports import lazy_exports

if TYPE_CHECKING:
    from bio_ie.models.relvm.cooccurrence import Cooccurrence
    from bio_ie.models.relvm.model import Relvm
    from bio_ie.models.relvm.relvm_mention_classifier import RelvmMentionClassifier
    from bio_ie.models.relvm.relvm_pair_classifier import RelvmPairClassifier
    from bio_ie.models.relvm.sentence_attention import SentenceAttention
    from bio_ie.models.relvm.sentence_classifier import SentenceClassifier
else:
    __getattr__ = lazy_exports(__name__)
