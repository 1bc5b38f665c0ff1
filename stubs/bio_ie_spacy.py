"""The parts of bio_ie that spaCy finds by their entry points.

spaCy imports this module in every process that makes a pipeline, before it knows whether anybody
wants these parts. So it imports nothing but spaCy, and stands beside the package, whose import
fails if a library has a wrong version.
"""

from typing import Any, Dict, Optional

from spacy.language import Language


@Language.factory(
    "bio_ie",
    assigns=["doc.ents", "doc.spans", "token.ent_iob", "token.ent_type"],
    default_config={
        "archive": None,
        "spans_key": "bio_ie",
        "overwrite_ents": True,
        "device": None,
        "overrides": None,
        "on_error": "raise",
    },
)
def bio_ie_model(
    nlp: Language,
    name: str,
    archive: Optional[str],
    spans_key: str,
    overwrite_ents: bool,
    device: Optional[str],
    overrides: Optional[Dict[str, Any]],
    on_error: str,
) -> Any:
    from bio_ie.api.spacy_components import ModelComponent

    return ModelComponent(name, archive, spans_key, overwrite_ents, device, overrides, on_error)


@Language.factory(
    "bio_ie_linker",
    assigns=["doc.ents", "doc.spans", "token.ent_kb_id", "span._.kb_ents"],
    default_config={
        "kb": None,
        "generator": "exact",
        "k": 5,
        "threshold": 0.0,
        "spans_key": "bio_ie",
        "find": False,
        "types": None,
    },
)
def bio_ie_linker(
    nlp: Language,
    name: str,
    kb: Optional[str],
    generator: str,
    k: int,
    threshold: float,
    spans_key: str,
    find: bool,
    types: Optional[Dict[str, Any]],
) -> Any:
    from bio_ie.api.spacy_components import LinkerComponent

    return LinkerComponent(name, kb, generator, k, threshold, spans_key, find, types)
