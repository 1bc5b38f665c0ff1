"""The models of the systems."""

from typing import TYPE_CHECKING

from bio_ie.startup.lazy_exports import lazy_exports

if TYPE_CHECKING:
    from bio_ie.models.joint_ner_re import JointNerRe
    from bio_ie.models.keci import Keci
    from bio_ie.models.multitask_entity_linker import MultitaskEntityLinker
    from bio_ie.models.relvm import (
        Cooccurrence,
        Relvm,
        RelvmMentionClassifier,
        RelvmPairClassifier,
        SentenceAttention,
        SentenceClassifier,
    )
    from bio_ie.models.snerl import Snerl
else:
    __getattr__ = lazy_exports(__name__)
