"""What concerns a process as a whole, and work in several ones."""

from typing import TYPE_CHECKING

from bio_ie.startup.lazy_exports import lazy_exports

if TYPE_CHECKING:
    from bio_ie.processes.garbage import loaded_objects_stay
    from bio_ie.processes.ray import ray_library, ray_session, sendable
else:
    __getattr__ = lazy_exports(__name__)

__all__ = ["loaded_objects_stay", "ray_library", "ray_session", "sendable"]
