"""The multi-task entity linker."""

from typing import TYPE_CHECKING

from bio_ie.startup.lazy_exports import lazy_exports

if TYPE_CHECKING:
    from bio_ie.models.multitask_entity_linker.model import MultitaskEntityLinker
else:
    __getattr__ = lazy_exports(__name__)
