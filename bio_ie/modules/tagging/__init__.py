"""Tag schemes, and decoders of tags."""

from typing import TYPE_CHECKING

from bio_ie.startup.lazy_exports import lazy_exports

if TYPE_CHECKING:
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
else:
    __getattr__ = lazy_exports(__name__)
