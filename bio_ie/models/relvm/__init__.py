from bio_ie.models.relvm.cooccurrence import Cooccurrence
from bio_ie.models.relvm.model import Relvm
from bio_ie.models.relvm.relvm_mention_classifier import RelvmMentionClassifier
from bio_ie.models.relvm.relvm_pair_classifier import RelvmPairClassifier
from bio_ie.models.relvm.sentence_attention import SentenceAttention
from bio_ie.models.relvm.sentence_classifier import SentenceClassifier
