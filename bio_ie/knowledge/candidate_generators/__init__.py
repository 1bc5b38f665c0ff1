from bio_ie.knowledge.candidate_generators.candidate_generator import (
    Candidate,
    CandidateGenerator,
)
from bio_ie.knowledge.candidate_generators.exact import ExactCandidateGenerator
from bio_ie.knowledge.candidate_generators.scispacy import ScispacyCandidateGenerator
from bio_ie.knowledge.candidate_generators.tfidf import TfidfCandidateGenerator
