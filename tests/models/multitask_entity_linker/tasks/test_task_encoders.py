import pytest
import torch
from allennlp.common import Params
from allennlp.common.checks import ConfigurationError
from torch.testing import assert_close

from bio_ie.data.linking_task_names import LINKING, RECOGNITION, TASKS, TYPING
from bio_ie.models.multitask_entity_linker.tasks import LinkingTask, TaskEncoders

BILSTM = {"type": "lstm", "hidden_size": 3, "num_layers": 2, "bidirectional": True}
LENGTHS = [4, 1, 3]


def tasks(with_encoders=TASKS, names=TASKS, encoder=BILSTM):
    return {
        name: LinkingTask.from_params(Params({"encoder": encoder} if name in with_encoders else {}))
        for name in names
    }


def build(*args, **options):
    torch.manual_seed(0)
    return TaskEncoders(*args, **options).double()


@pytest.fixture
def x():
    generator = torch.Generator().manual_seed(1)
    return torch.randn(3, 4, 5, generator=generator, dtype=torch.double, requires_grad=True)


@pytest.fixture
def mask():
    return torch.arange(4) < torch.tensor(LENGTHS)[:, None]


@pytest.mark.parametrize("hierarchical", [True, False])
def test_each_task_reads_the_words_and_in_a_hierarchy_the_task_below(x, mask, hierarchical):
    module = build(tasks(), 5, hierarchical)
    found = module(x, mask, TASKS)
    for row, length in enumerate(LENGTHS):
        lower = None
        for name in TASKS:
            words = x[row : row + 1, :length]
            if hierarchical and lower is not None:
                words = torch.cat([words, lower], dim=-1)
            ones = torch.ones(1, length, dtype=torch.bool)
            lower = module.encoders[name](words, ones)
            assert_close(found[name][row, :length], lower[0])
    width = 5 + 6 if hierarchical else 5
    assert [module.encoders[name].get_input_dim() for name in TASKS] == [5, width, width]
    assert module.output_dims == dict.fromkeys(TASKS, 6)


@pytest.mark.parametrize("hierarchical", [True, False])
@pytest.mark.parametrize("tuned", [None, [LINKING]])
def test_the_sentences_of_a_row_are_read_one_by_one(x, mask, hierarchical, tuned):
    module = build(tasks(), 5, hierarchical, tune_encoder_on=tuned)
    sentences = torch.tensor([[0, 1, 1, 2], [0, -1, -1, -1], [0, 0, 1, -1]])
    found = module(x, mask, TASKS, sentences)
    parts = [(0, 0, 1), (0, 1, 3), (0, 3, 4), (1, 0, 1), (2, 0, 2), (2, 2, 3)]
    expected = {name: torch.zeros_like(found[name]) for name in TASKS}
    for row, first, beyond in parts:
        words = x[row : row + 1, first:beyond]
        ones = torch.ones(1, beyond - first, dtype=torch.bool)
        for name, vectors in module(words, ones, TASKS).items():
            expected[name][row, first:beyond] = vectors[0]
    weights = {name: torch.randn_like(found[name]) for name in TASKS}
    inputs = [x, *module.parameters()]
    gradients = []
    for vectors in (found, expected):
        for name in TASKS:
            assert_close(found[name][mask], expected[name][mask])
        total = sum((weights[name] * vectors[name])[mask].sum() for name in TASKS)
        gradients.append(torch.autograd.grad(total, inputs))
    for one, other in zip(*gradients, strict=True):
        assert_close(one, other)


def test_without_encoders_tasks_share_the_words(x, mask):
    module = build(tasks(with_encoders=()), 5, False)
    found = module(x, mask, [LINKING])
    assert found.keys() == {LINKING}
    assert found[LINKING] is x
    assert not list(module.parameters())


def test_the_highest_task_may_do_without_an_encoder(x, mask):
    module = build(tasks(with_encoders=(RECOGNITION, TYPING)), 5, True)
    found = module(x, mask, TASKS)
    assert_close(found[LINKING], torch.cat([x, found[TYPING]], dim=-1))
    assert module.output_dims[LINKING] == 11


@pytest.mark.parametrize("hierarchical", [True, False])
@pytest.mark.parametrize("tuned", [[LINKING], [TYPING], [RECOGNITION, LINKING]])
def test_only_tuned_tasks_give_the_words_a_gradient(x, mask, hierarchical, tuned):
    module = build(tasks(), 5, hierarchical, tune_encoder_on=tuned)
    everything = build(tasks(), 5, hierarchical)
    found, same = module(x, mask, TASKS), everything(x, mask, TASKS)
    for name in TASKS:
        assert_close(found[name], same[name])
        below = TASKS[: TASKS.index(name) + 1] if hierarchical else [name]
        (gradient,) = torch.autograd.grad(
            found[name].sum(), x, retain_graph=True, allow_unused=True
        )
        if set(below) & set(tuned):
            assert float(gradient.abs().sum()) > 0
        else:
            assert gradient is None
    # The parameters of a task are always trained by the loss of the task itself, and by the losses
    # of higher tasks.
    weights = list(module.encoders[RECOGNITION].parameters())
    own = torch.autograd.grad(found[RECOGNITION].sum(), weights, retain_graph=True)
    assert all(float(gradient.abs().sum()) > 0 for gradient in own)
    above = torch.autograd.grad(found[LINKING].sum(), weights, allow_unused=True)
    assert all((gradient is not None) is hierarchical for gradient in above)


def test_the_top_task_tunes_the_words_by_its_own_connection_alone(x, mask):
    """With `tune_encoder_on` set to the highest task, the words get no gradient of its loss by way
    of the lower tasks. Lower tasks read the words without a gradient, whichever task uses them."""
    module = build(tasks(), 5, True, tune_encoder_on=[LINKING])
    found = module(x, mask, TASKS)
    (gradient,) = torch.autograd.grad(found[LINKING].sum(), x, retain_graph=True)
    lower = found[TYPING].detach()
    direct = module.encoders[LINKING](torch.cat([x, lower], dim=-1), mask)
    assert_close(gradient, torch.autograd.grad(direct.sum(), x)[0])


def test_only_what_is_wanted_is_computed(x, mask):
    assert build(tasks(), 5, False)(x, mask, [TYPING]).keys() == {TYPING}
    assert build(tasks(), 5, True)(x, mask, [TYPING]).keys() == {RECOGNITION, TYPING}


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ((tasks(), 5, True, ["parsing"]), "parsing"),
        ((tasks(names=[LINKING]), 5, True), "two tasks"),
        ((tasks(with_encoders=[LINKING]), 5, True), "needs an encoder"),
        (
            (tasks(encoder={**BILSTM, "input_size": 5}), 5, True),
            "must not set the size of its input",
        ),
    ],
)
def test_an_impossible_setting_is_an_error(settings, message):
    with pytest.raises(ConfigurationError, match=message):
        TaskEncoders(*settings)
