"""Knowledge that is fused between two layers of a pretrained encoder."""

from typing import Any, Dict, List, Optional, Tuple

import pytest
import torch
from allennlp.common import Params
from allennlp.common.checks import ConfigurationError
from allennlp.data import Batch, Instance, Token, Vocabulary
from allennlp.data.fields import TextField
from allennlp.modules import TextFieldEmbedder
from torch.testing import assert_close

from bio_ie.data.fields import BackgroundGraphField
from bio_ie.data.token_indexers import PretrainedTransformerWordsIndexer
from bio_ie.modules.background_knowledge import BackgroundKnowledge, embed_words
from tests.encoders.tiny_encoders import FAMILIES, save_encoder

KAR = {
    "type": "knowledge_attention_recontextualization",
    "hidden_dim": 8,
    "num_heads": 2,
    "feedforward_dim": 7,
    "score_hidden_dim": 3,
}
NAMES = [family for family in FAMILIES if " " not in family]
TEXTS = [
    ["a", "val", "induced", "rash", "in", "the", "second", "case", "of", "the", "drugs"],
    ["no", "fever"],
    ["valrash", "and", "fever"],
]
SPANS: List[List[Tuple[int, int, List[int]]]] = [
    [(1, 1, [0, 1]), (1, 3, [1]), (6, 10, [0])],
    [],
    [(0, 0, [0]), (2, 2, [0])],
]


def graph(spans: List[Tuple[int, int, List[int]]]) -> BackgroundGraphField:
    if not spans:
        return BackgroundGraphField()
    return BackgroundGraphField(spans, ["C1", "C2"], [["T"], ["T"]], [(0, "is_a", 1)])


class Case:
    """Texts with spans and concepts, and what embeds them."""

    def __init__(
        self,
        folder: str,
        rows: Tuple[int, ...] = (0, 1, 2),
        max_length: Optional[int] = None,
        after_layer: Optional[int] = 1,
        **settings: Any,
    ) -> None:
        part = {"type": "pretrained_transformer_words", "model_name": folder}
        indexer = PretrainedTransformerWordsIndexer(folder, max_length=max_length)
        instances = [
            Instance(
                {
                    "words": TextField([Token(word) for word in text], {"tokens": indexer}),
                    "graph": graph(spans),
                }
            )
            for text, spans in zip(TEXTS, SPANS, strict=True)
        ]
        vocab = Vocabulary.from_instances(instances)
        batch = Batch([instances[row] for row in rows])
        batch.index_instances(vocab)
        tensors = batch.as_tensor_dict()
        self.words, self.graph = tensors["words"], tensors["graph"]
        torch.manual_seed(0)
        self.embedder = TextFieldEmbedder.from_params(
            Params({"token_embedders": {"tokens": {**part, **settings}}})
        )
        params = Params(
            {
                "concept_embedder": {"type": "learned", "embedding_dim": 5},
                "fusion": dict(KAR),
                "after_layer": after_layer,
            }
        )
        self.knowledge = BackgroundKnowledge.from_params(
            params, vocab=vocab, token_dim=16, span_dim=3, text_field_embedder=self.embedder
        )
        self.transformer = self.embedder.token_embedder_tokens

    def vectors(self, knows: bool = True) -> torch.Tensor:
        knowledge = self.knowledge if knows else None
        return embed_words(
            self.words, self.graph, self.embedder, None, torch.nn.Identity(), knowledge
        )[0]

    def gradients(self) -> Dict[str, torch.Tensor]:
        parameters = {
            name: parameter
            for module in (self.embedder, self.knowledge)
            for name, parameter in module.named_parameters()
            if parameter.requires_grad
        }
        loss = self.vectors().square().sum()
        grads = torch.autograd.grad(loss, list(parameters.values()), allow_unused=True)
        return dict(zip(parameters, grads, strict=True))


@pytest.fixture(scope="module", params=NAMES)
def folder(request, tmp_path_factory) -> str:
    return save_encoder(request.param, tmp_path_factory.mktemp("encoder"))


@pytest.fixture(scope="module")
def bert(tmp_path_factory) -> str:
    return save_encoder("bert", tmp_path_factory.mktemp("encoder"))


def layers_by_hand(case: Case, layer: int) -> torch.Tensor:
    """The vectors of first pieces, with each window alone, and the fusion between two calls."""
    inputs, knowledge = case.words["tokens"], case.knowledge
    concepts = knowledge(case.graph).concepts
    bert = case.transformer.encoder
    vectors = torch.zeros(*inputs["mask"].shape, 16, dtype=torch.double)
    for row in range(len(vectors)):
        seen = set()
        for window in range(inputs["token_ids"].size(1)):
            mask = inputs["wordpiece_mask"][row, window]
            ids, words = (inputs[key][row, window][mask] for key in ("token_ids", "word_ids"))
            if not len(ids):
                continue
            spans, links = [], []
            for number, (text, first, last) in enumerate(case.graph["spans"].tolist()):
                inside = [place for place, w in enumerate(words.tolist()) if first <= w <= last]
                if text != row or not inside or number in seen:
                    continue
                seen.add(number)
                links += [
                    (len(spans), node)
                    for span, node in case.graph["links"].tolist()
                    if span == number
                ]
                spans.append((0, inside[0], inside[-1]))
            x = bert.embeddings(ids[None])
            for number, module in enumerate(bert.encoder.layer, 1):
                output = module(x)
                x = output[0] if isinstance(output, tuple) else output
                if number == layer:
                    x = knowledge.fusion.fuse_tokens(
                        x,
                        torch.tensor(spans, dtype=torch.long).view(-1, 3),
                        concepts,
                        torch.tensor(links, dtype=torch.long).view(-1, 2),
                    ).vectors
            for place in reversed(range(len(ids))):
                if words[place] >= 0:
                    vectors[row, words[place]] = x[0, place]
    return vectors


@pytest.mark.parametrize("max_length", [None, 9])
@pytest.mark.parametrize("layer", [1, 2])
def test_vectors_and_gradients_are_those_of_layers_called_by_hand(
    bert: str, layer: int, max_length: Optional[int]
) -> None:
    case = Case(bert, max_length=max_length, after_layer=layer)
    case.embedder.double().eval()
    case.knowledge.double().eval()
    assert case.words["tokens"]["token_ids"].size(1) == (1 if max_length is None else 2)
    found, expected = case.vectors(), layers_by_hand(case, layer)

    assert_close(found, expected)
    parameters = [*case.embedder.parameters(), *case.knowledge.parameters()]
    scale = torch.randn_like(found)
    assert_close(
        torch.autograd.grad((found * scale).sum(), parameters, allow_unused=True),
        torch.autograd.grad((expected * scale).sum(), parameters, allow_unused=True),
    )


def test_every_word_of_a_text_with_spans_hears_of_them_and_no_other(folder: str) -> None:
    case = Case(folder)
    case.embedder.eval()
    knowing, plain = case.vectors(), case.vectors(knows=False)
    changed = (knowing != plain).any(-1)

    assert changed.tolist() == [
        [True] * len(TEXTS[0]),
        [False] * len(TEXTS[0]),
        [True] * 3 + [False] * (len(TEXTS[0]) - 3),
    ]


def test_layers_above_read_what_is_fused(folder: str) -> None:
    """With the fusion after the layer below, the words differ by more than by what it adds."""
    between, above = Case(folder, after_layer=1), Case(folder, after_layer=2)
    for case in (between, above):
        case.embedder.eval()
    assert not torch.allclose(between.vectors()[0], above.vectors()[0], atol=1e-4)


def test_texts_do_not_depend_on_the_batch(folder: str) -> None:
    together = Case(folder)
    together.embedder.eval()
    vectors = together.vectors()
    for row, text in enumerate(TEXTS):
        alone = Case(folder, rows=(row,))
        alone.embedder.eval()
        assert_close(alone.vectors()[0], vectors[row, : len(text)], atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"train_parameters": False},
        {"last_layer_only": False},
        {"gradient_checkpointing": True},
        {"bf16": True},
        {"dtype": "bfloat16"},
        {"last_layer_only": False, "gradient_checkpointing": True, "bf16": True},
    ],
    ids=str,
)
def test_knowledge_is_trained_however_the_encoder_runs(folder: str, settings: Any) -> None:
    case = Case(folder, **settings)
    gradients = case.gradients()
    for gradient in gradients.values():
        assert gradient is not None
        assert gradient.isfinite().all()
    names = {name for name, _ in case.knowledge.named_parameters()}
    # What all scores of a softmax share has no gradient, but for rounding.
    shared = {f"fusion.score._linear_layers.{layer}.bias" for layer in (0, 1)}
    for name in names - shared - {"fusion.span_attention.bias"}:
        assert gradients[name].any(), name


def test_checkpointing_changes_no_gradient_after_the_fusion_is_over(folder: str) -> None:
    found = []
    for checkpointing in (False, True):
        case = Case(folder, gradient_checkpointing=checkpointing)
        for module in case.embedder.modules():
            if isinstance(module, torch.nn.Dropout):
                module.p = 0.0
        found.append(case.gradients())
    assert_close(found[1], found[0])


@pytest.mark.parametrize("after_layer", [0, 3])
def test_layer_that_the_encoder_does_not_have_is_an_error(bert: str, after_layer: int) -> None:
    with pytest.raises(ConfigurationError, match=f"{after_layer}, but the encoder has layers 1 to"):
        Case(bert, after_layer=after_layer)


@pytest.mark.parametrize(
    "embedder, fusion, message",
    [
        ({"type": "embedding", "embedding_dim": 4, "num_embeddings": 3}, KAR, "words, not 0"),
        (None, {"type": "none"}, "a fusion that changes tokens"),
    ],
)
def test_what_cannot_be_fused_between_layers_is_an_error(
    bert: str, embedder: Any, fusion: Any, message: str
) -> None:
    part = embedder or {"type": "pretrained_transformer_words", "model_name": bert}
    params = Params(
        {
            "concept_embedder": {"type": "learned", "embedding_dim": 5},
            "fusion": dict(fusion),
            "after_layer": 1,
        }
    )
    with pytest.raises(ConfigurationError, match=message):
        BackgroundKnowledge.from_params(
            params,
            vocab=Vocabulary.from_instances([Instance({"graph": graph(SPANS[0])})]),
            token_dim=16,
            span_dim=3,
            text_field_embedder=TextFieldEmbedder.from_params(
                Params({"token_embedders": {"tokens": dict(part)}})
            ),
        )
