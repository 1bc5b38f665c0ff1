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
