import itertools
import math

import pytest
import torch
from allennlp.common import Params
from allennlp.common.checks import ConfigurationError
from torch.testing import assert_close

from bio_ie.modules.tagging import TagDecoder, TagScheme
from bio_ie.modules.text_spans import TextSpans

TAGS = ["O", "B-X", "I-X", "E-X", "S-X"]
LENGTHS = [4, 1, 3]


@pytest.fixture
def scheme():
    return TagScheme(TAGS)


@pytest.fixture
def mask():
    return torch.tensor([[i < length for i in range(max(LENGTHS))] for length in LENGTHS])


@pytest.fixture
def scores(mask):
    return torch.randn(*mask.shape, len(TAGS), generator=torch.Generator().manual_seed(3))


def build(name, scheme):
    torch.manual_seed(5)
    return TagDecoder.from_params(Params({"type": name}), tag_scheme=scheme)


def all_sequences(length):
    return itertools.product(range(len(TAGS)), repeat=length)


def path_score(decoder, scores, sequence, constrained):
    """The score of a sequence: emissions plus transitions, as defined; -inf for an ill-formed
    sequence if constrained."""
    allowed = set(TagScheme(TAGS).allowed_transitions())
    total = sum(scores[word, tag].item() for word, tag in enumerate(sequence))
    steps = [(len(TAGS), sequence[0]), *itertools.pairwise(sequence)]
    steps.append((sequence[-1], len(TAGS) + 1))
    if constrained and not all(step in allowed for step in steps):
        return float("-inf")
    if hasattr(decoder, "crf"):
        total += decoder.crf.start_transitions[sequence[0]].item()
        total += decoder.crf.end_transitions[sequence[-1]].item()
        total += sum(decoder.crf.transitions[a, b].item() for a, b in itertools.pairwise(sequence))
    return total


@pytest.mark.parametrize("name", ["constrained", "crf"])
def test_decodes_the_best_well_formed_sequence_of_all(name, scheme, scores, mask):
    decoder = build(name, scheme)
    tags = decoder(scores, mask)
    for row, length in enumerate(LENGTHS):
        best = max(
            all_sequences(length), key=lambda seq: path_score(decoder, scores[row], seq, True)
        )
        assert tags[row, :length].tolist() == list(best)
        assert not tags[row, length:].any()


def test_crf_decodes_as_allennlp_does(scheme, scores, mask):
    decoder = build("crf", scheme)
    expected = [tags for tags, _ in decoder.crf.viterbi_tags(scores, mask)]
    found = decoder(scores, mask)
    assert [found[row, :length].tolist() for row, length in enumerate(LENGTHS)] == expected


def test_crf_probabilities_are_marginals_over_all_sequences(scheme, scores, mask):
    decoder = build("crf", scheme)
    found = decoder.probabilities(scores, mask)
    for row, length in enumerate(LENGTHS):
        expected = torch.zeros(length, len(TAGS))
        for sequence in all_sequences(length):
            weight = torch.tensor(path_score(decoder, scores[row], sequence, False)).exp()
            for word, tag in enumerate(sequence):
                expected[word, tag] += weight
        expected = expected / expected.sum(-1, keepdim=True)
        assert_close(found[row, :length], expected, atol=1e-5, rtol=1e-5)


def test_crf_loss_is_the_negative_log_likelihood(scheme, scores, mask):
    decoder = build("crf", scheme)
    tags = torch.tensor([[1, 2, 3, 0], [4, 0, 0, 0], [0, 4, 0, 0]])
    expected = 0.0
    for row, length in enumerate(LENGTHS):
        weights = torch.tensor(
            [path_score(decoder, scores[row], seq, False) for seq in all_sequences(length)]
        )
        gold = path_score(decoder, scores[row], tags[row, :length].tolist(), False)
        expected += weights.logsumexp(0).item() - gold
    assert_close(decoder.loss(scores, mask, tags).item(), expected, atol=1e-4, rtol=1e-5)


@pytest.mark.parametrize("name", ["argmax", "constrained"])
def test_loss_sums_cross_entropy_over_real_words(name, scheme, scores, mask):
    tags = torch.tensor([[1, 2, 3, 0], [4, 0, 0, 0], [0, 4, 0, 0]])
    expected = -sum(
        scores[row, word].softmax(0)[tags[row, word]].log().item()
        for row, length in enumerate(LENGTHS)
        for word in range(length)
    )
    found = build(name, scheme).loss(scores, mask, tags)
    assert_close(found.item(), expected, atol=1e-4, rtol=1e-5)


@pytest.mark.parametrize("name", ["argmax", "crf"])
def test_a_span_has_the_product_of_the_probabilities_of_its_tags(name, scheme, scores, mask):
    decoder = build(name, scheme)
    tags = torch.tensor([[1, 2, 3, 0], [4, 0, 0, 0], [0, 4, 0, 0]])
    spans = [(0, 0, 2), (0, 3, 3), (1, 0, 0), (2, 1, 2)]
    found = decoder.span_probabilities(scores, mask, tags, TextSpans(*torch.tensor(spans).t()))
    probabilities = decoder.probabilities(scores, mask)
    for (row, first, last), probability in zip(spans, found.tolist(), strict=True):
        words = range(first, last + 1)
        expected = math.prod(probabilities[row, word, tags[row, word]].item() for word in words)
        assert probability == pytest.approx(expected, rel=1e-5)


def test_argmax_takes_each_word_by_itself(scheme, scores, mask):
    assert torch.equal(build("argmax", scheme)(scores, mask), scores.argmax(-1))


@pytest.mark.parametrize("name", ["argmax", "constrained", "crf"])
def test_words_whose_tags_are_not_known_may_have_any(name, scheme, scores, mask):
    """The number of paths over the known tags, counted one by one."""
    decoder = build(name, scheme)
    tags = torch.tensor([[1, -1, 3, 0], [-2, -1, -1, -1], [0, 4, -1, -1]])
    expected = 0.0
    for row, length in enumerate(LENGTHS):
        known = tags[row, :length].tolist()
        paths = {
            sequence: path_score(decoder, scores[row], sequence, constrained=False)
            for sequence in all_sequences(length)
        }
        fitting = [
            score
            for sequence, score in paths.items()
            if all(given in (tag, -1, -2) for tag, given in zip(sequence, known, strict=True))
        ]
        expected += torch.logsumexp(torch.tensor(list(paths.values())), 0)
        expected -= torch.logsumexp(torch.tensor(fitting), 0)
    assert_close(decoder.loss(scores, mask, tags), expected, rtol=1e-4, atol=1e-4)


def test_tags_count_by_their_weights(scheme, scores, mask):
    tags = torch.tensor([[1, 2, 3, 0], [4, 0, 0, 0], [0, 4, -1, 0]])
    weights = torch.tensor([0.125, 1.0, 1.0, 1.0, 1.0])
    expected = 0.0
    for row, length in enumerate(LENGTHS):
        for word in range(length):
            tag = int(tags[row, word])
            if tag >= 0:
                expected = expected - weights[tag] * scores[row, word].log_softmax(0)[tag]
    assert_close(build("argmax", scheme).loss(scores, mask, tags, weights), expected)
    with pytest.raises(ConfigurationError, match="weights"):
        build("crf", scheme).loss(scores, mask, tags, weights)
