"""Generators of the concepts that a mention may mean."""

from typing import TYPE_CHECKING

from bio_ie.startup.lazy_exports import lazy_exports

if TYPE_CHECKING:
    from bio_ie.knowledge.candidate_generators.candidate_generator import (
        Candidate,
        CandidateGenerator,
    )
    from bio_ie.knowledge.candidate_generators.exact import ExactCandidateGenerator
    from bio_ie.knowledge.candidate_generators.scispacy import ScispacyCandidateGenerator
    from bio_ie.knowledge.candidate_generators.tfidf import TfidfCandidateGenerator
else:
    __getattr__ = lazy_exports(__name__)
