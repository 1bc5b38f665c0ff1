"""What a spaCy pipeline has of this package. `bio_ie_spacy` makes the components known to spaCy."""

from typing import TYPE_CHECKING

from bio_ie.startup.lazy_exports import lazy_exports

if TYPE_CHECKING:
    from bio_ie.api.spacy_components.linker import LinkerComponent
    from bio_ie.api.spacy_components.model import ModelComponent
else:
    __getattr__ = lazy_exports(__name__)

__all__ = ["LinkerComponent", "ModelComponent"]
