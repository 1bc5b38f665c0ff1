import pytest
import torch

from bio_ie.models.keci.span_names import same_names
from bio_ie.modules.text_spans import enumerate_spans


@pytest.mark.parametrize("seed", range(5))
def test_spans_have_one_number_if_they_have_the_same_words_of_one_text(seed: int) -> None:
    generator = torch.Generator().manual_seed(seed)
    words = torch.randint(0, 3, (3, 12), generator=generator)
    keys = torch.tensor([-(2**62) + 7, 2**63 - 1, 12345])[words]
    spans = enumerate_spans(torch.zeros_like(words), 4)
    names = [
        (row, tuple(words[row, first : last + 1].tolist()))
        for row, first, last in zip(*(field.tolist() for field in spans), strict=True)
    ]
    found = same_names(keys, spans).tolist()
    assert set(found) == set(range(len(set(names))))
    number_of = dict(zip(names, found, strict=True))
    assert len(set(number_of.values())) == len(number_of)
    assert found == [number_of[name] for name in names]


def test_no_span_is_ordinary() -> None:
    spans = enumerate_spans(torch.full((2, 3), -1), 2)
    assert same_names(torch.zeros(2, 3, dtype=torch.long), spans).shape == (0,)
