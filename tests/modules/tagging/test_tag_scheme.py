import itertools

import pytest
import torch
from allennlp.common.checks import ConfigurationError
from allennlp.modules.conditional_random_field import allowed_transitions
from hypothesis import given
from hypothesis import strategies as st

from bio_ie.modules.tagging import PlainLabelScheme, TagScheme

BIOES = ["O", "B-X", "I-X", "E-X", "S-X", "S-Y", "E-Y", "B-Y", "I-Y"]
BIO = ["I-Y", "O", "B-X", "I-X", "B-Y"]


def naive_runs(tags):
    """The entities as (first, last, type), found word by word."""
    entities = []
    for position, tag in enumerate(tags):
        if tag == "O":
            continue
        prefix, type_ = tag.split("-")
        before = tags[position - 1] if position else "O"
        joins = (
            prefix in "IE"
            and before != "O"
            and before.split("-")[0] in "BI"
            and before.split("-")[1] == type_
        )
        if joins:
            first, _, _ = entities.pop()
            entities.append((first, position, type_))
        else:
            entities.append((position, position, type_))
    return entities


@pytest.mark.parametrize("tags", [BIOES, BIO])
@given(data=st.data())
def test_entity_runs_are_those_of_a_word_by_word_reading(tags, data):
    sequences = data.draw(
        st.lists(st.lists(st.sampled_from(tags), min_size=1, max_size=8), min_size=1, max_size=4)
    )
    scheme = TagScheme(tags)
    width = max(map(len, sequences))
    # Padding is tagged as an entity, to check that the mask is used.
    indices = torch.full((len(sequences), width), tags.index("I-X"))
    mask = torch.zeros(len(sequences), width, dtype=torch.bool)
    for row, sequence in enumerate(sequences):
        indices[row, : len(sequence)] = torch.tensor([tags.index(tag) for tag in sequence])
        mask[row, : len(sequence)] = True

    runs = scheme.entity_runs(indices, mask)

    for row, sequence in enumerate(sequences):
        found = [
            (runs.start[row, last].item(), last, scheme.types[runs.type[row, last]])
            for last in runs.is_last[row].nonzero().squeeze(1).tolist()
        ]
        assert found == naive_runs(sequence)


@pytest.mark.parametrize("tags, constraint", [(BIOES, "BIOUL"), (BIO, "BIO")])
def test_allowed_transitions_are_those_of_allennlp(tags, constraint):
    # AllenNLP writes L(ast) and U(nit) instead of E(nd) and S(ingle).
    names = {"E": "L", "S": "U"} if constraint == "BIOUL" else {}
    renamed = {
        index: tag if tag == "O" else names.get(tag[0], tag[0]) + tag[1:]
        for index, tag in enumerate(tags)
    }
    ours = TagScheme(tags).allowed_transitions()
    assert sorted(ours) == sorted(allowed_transitions(constraint, renamed))


@pytest.mark.parametrize("tag", ["X-Drug", "B-", "Drug", ""])
def test_a_tag_of_no_scheme_is_an_error(tag):
    with pytest.raises(ConfigurationError, match="BIOES"):
        TagScheme(["O", tag])


@given(
    st.lists(
        st.lists(st.sampled_from(["O", "D1", "D2"]), min_size=1, max_size=7), min_size=1, max_size=4
    )
)
def test_entities_of_plain_labels_are_runs_of_one_label(sequences):
    labels = ["D2", "O", "D1"]
    scheme = PlainLabelScheme(labels)
    width = max(map(len, sequences))
    indices = torch.zeros(len(sequences), width, dtype=torch.long)  # padding has labels too
    mask = torch.zeros(len(sequences), width, dtype=torch.bool)
    for row, sequence in enumerate(sequences):
        indices[row, : len(sequence)] = torch.tensor([labels.index(label) for label in sequence])
        mask[row, : len(sequence)] = True
    runs = scheme.entity_runs(indices, mask)
    for row, sequence in enumerate(sequences):
        found = [
            (int(runs.start[row, last]), last, scheme.types[int(runs.type[row, last])])
            for last in runs.is_last[row].nonzero().squeeze(1).tolist()
        ]
        expected = []
        position = 0
        for label, group in itertools.groupby(sequence):
            length = len(list(group))
            if label != "O":
                expected.append((position, position + length - 1, label))
            position += length
        assert found == expected


def test_every_plain_label_may_follow_every_other():
    transitions = PlainLabelScheme(["O", "A"]).allowed_transitions()
    inside = {(before, after) for before in (0, 1) for after in (0, 1)}
    assert set(transitions) == inside | {(2, 0), (2, 1), (0, 3), (1, 3)}
