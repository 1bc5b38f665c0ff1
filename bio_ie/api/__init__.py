"""What Python programs call. `bio_ie` itself offers these names: `bio_ie.load`."""

from typing import TYPE_CHECKING

from bio_ie.startup.lazy_exports import lazy_exports

if TYPE_CHECKING:
    from bio_ie.api.annotating import annotate
    from bio_ie.api.corpora import read, write
    from bio_ie.api.linking import link
    from bio_ie.api.loaded_model import LoadedModel, PredictionError
    from bio_ie.api.loading import load
    from bio_ie.api.scoring import score
else:
    __getattr__ = lazy_exports(__name__)

__all__ = ["LoadedModel", "PredictionError", "annotate", "link", "load", "read", "score", "write"]
