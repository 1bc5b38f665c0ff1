import random

import torch

from bio_ie.modules.piece_places import PiecePlaces


def places_by_loops(slots, num_words, spans):
    """The same, one span at a time."""
    num_windows, num_pieces = slots.shape
    found = []
    for number, (text, first, last) in enumerate(spans):
        own = [
            (window, piece)
            for window in range(num_windows)
            for piece in range(num_pieces)
            if text * num_words + first <= slots[window, piece] <= text * num_words + last
        ]
        if own:
            window = own[0][0]
            inside = [piece for w, piece in own if w == window]
            found.append((window, inside[0], inside[-1], number))
    return sorted(found, key=lambda one: (one[0], one[3]))


def random_slots(rng, num_texts, num_words, num_pieces):
    """Windows of texts whose words have up to three pieces, with others between them."""
    none = num_texts * num_words
    windows = []
    for text in range(num_texts):
        pieces = [
            text * num_words + word
            for word in range(rng.randint(0, num_words))
            for _ in range(rng.choice([0, 1, 1, 2, 3]))
        ]
        while True:
            before = rng.randint(0, 2)
            some, pieces = pieces[: num_pieces - 3], pieces[num_pieces - 3 :]
            row = [none] * before + some
            windows.append((row + [none] * num_pieces)[:num_pieces])
            if not pieces:
                break
    return torch.tensor(windows)


def test_pieces_of_spans_are_those_of_loops_over_pieces():
    rng = random.Random(0)
    for _ in range(50):
        num_texts, num_words, num_pieces = rng.randint(1, 3), 6, rng.choice([5, 30])
        slots = random_slots(rng, num_texts, num_words, num_pieces)
        spans = [
            (text, first, rng.randint(first, num_words - 1))
            for text in range(num_texts)
            for first in (rng.randint(0, num_words - 1) for _ in range(3))
        ]
        places = PiecePlaces.of_slots(slots, num_texts * num_words, num_words)
        found = places.of_spans(torch.tensor(spans))

        assert [
            (*span, number)
            for span, number in zip(found.spans.tolist(), found.numbers.tolist(), strict=True)
        ] == places_by_loops(slots, num_words, spans)


def test_no_spans_have_no_pieces():
    places = PiecePlaces.of_slots(torch.tensor([[2, 0, 1, 2]]), 2, 2)
    found = places.of_spans(torch.zeros(0, 3, dtype=torch.long))

    assert found.spans.shape == (0, 3)
    assert found.numbers.shape == (0,)
