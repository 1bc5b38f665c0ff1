from bio_ie.modules.tagging.tag_decoder import (
    ArgmaxTagDecoder,
    ConstrainedTagDecoder,
    CrfTagDecoder,
    TagDecoder,
)
from bio_ie.modules.tagging.tag_scheme import (
    EntityRuns,
    PlainLabelScheme,
    TagScheme,
    WordLabelScheme,
)
