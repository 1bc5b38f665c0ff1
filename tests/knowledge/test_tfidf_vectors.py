import math
from collections import Counter
from typing import Dict, List

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bio_ie.knowledge.tfidf_vectors import TfidfVectors

NAMES = ["acut pain", "pain", "chronic renal failur", "renal", "b", "pain pain"]


def counts(name: str) -> List[Counter]:
    words = name.split()
    pairs = [f"{first} {second}" for first, second in zip(words, words[1:])]  # noqa: B905, RUF007
    pieces = [name[i : i + n] for n in range(2, 6) for i in range(len(name) - n + 1)]
    return [Counter(words + pairs), Counter(pieces)]


def reference(names: List[str], text: str) -> List[float]:
    """The cosine of a text and each name, by the formula of the documentation."""
    num_names = len(names)
    parts_of = [counts(name) for name in names]

    def vector(name: str) -> Dict[str, float]:
        result: Dict[str, float] = {}
        for part, features in enumerate(counts(name)):
            weights = {}
            for feature, count in features.items():
                df = sum(feature in parts[part] for parts in parts_of)
                if df:
                    weights[feature] = count * (math.log((1 + num_names) / (1 + df)) + 1)
            length = math.sqrt(sum(weight**2 for weight in weights.values()))
            result.update({f"{part}{key}": weight / length for key, weight in weights.items()})
        return result

    def cosine(a: Dict[str, float], b: Dict[str, float]) -> float:
        lengths = [math.sqrt(sum(weight**2 for weight in x.values())) for x in (a, b)]
        product = sum(weight * b.get(feature, 0.0) for feature, weight in a.items())
        return product / math.prod(lengths) if all(lengths) else 0.0

    return [cosine(vector(text), vector(name)) for name in names]


@given(st.lists(st.sampled_from(["acut", "pain", "renal", "zz", "b"]), max_size=4).map(" ".join))
@settings(max_examples=50)
def test_products_are_the_cosines_of_the_formula(text):
    vectors, rows = TfidfVectors.fit([NAMES, iter(NAMES)])
    products = (vectors.transform([text]) @ rows.T).toarray()[0]
    assert products == pytest.approx(reference(NAMES, text), abs=1e-6)


def test_what_is_opened_is_what_was_saved(tmp_path):
    vectors, _ = TfidfVectors.fit([NAMES, NAMES])
    vectors.save(tmp_path)
    opened = TfidfVectors.open(tmp_path)
    assert opened.num_features == vectors.num_features
    texts = ["acut renal pain", "zz", ""]
    difference = opened.transform(texts) != vectors.transform(texts)
    assert difference.nnz == 0
    assert opened.transform(texts).dtype == np.float32
