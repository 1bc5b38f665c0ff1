"""Engines, which run the work of a job in one process or many."""

from typing import TYPE_CHECKING

from bio_ie.startup.lazy_exports import lazy_exports

if TYPE_CHECKING:
    from bio_ie.annotation.engines.engine import Engine
    from bio_ie.annotation.engines.local import LocalEngine
    from bio_ie.annotation.engines.ray import RayEngine
else:
    __getattr__ = lazy_exports(__name__)

__all__ = ["Engine", "LocalEngine", "RayEngine"]
