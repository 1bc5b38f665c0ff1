"""Compares RELVM's packed decoding with decoding of a padded grid, and its models with
transformers."""

import copy
from pathlib import Path
from typing import Any, Callable, Dict, List

import torch
from allennlp.common import Params
from allennlp.models import Model
from torch.nn import functional
from transformers import BertConfig, BertModel

from benchmarks.bare_encoder import waiting_for
from benchmarks.relvm_sentences import (
    LABELS,
    MAX_LENGTH,
    SentenceBatch,
    batches,
    vocabulary,
)
from benchmarks.timing import Comparison, NotMeasured, Side, Unit, compare
from bio_ie.models import Relvm

TOLERANCE = 1e-3
INFERENCE_TARGET = 10.0
"""The target for the speed of inference: this many times as many sentences a second as a BERT with
twelve layers (the paper: "an order of magnitude")."""


class SentenceBert(torch.nn.Module):
    """A BERT with random weights, the mean of its vectors and a linear layer. This is
    `sentence_classifier` without the work of the tokenizer."""

    def __init__(self, config: BertConfig) -> None:
        super().__init__()
        self.bert = BertModel(config, add_pooling_layer=False)
        self.classifier = torch.nn.Linear(config.hidden_size, len(LABELS))

    def forward(self, batch: SentenceBatch) -> torch.Tensor:
        mask = batch.wordpieces["attention_mask"].unsqueeze(2)
        vectors = self.bert(**batch.wordpieces).last_hidden_state * mask
        scores: torch.Tensor = self.classifier(vectors.sum(1) / mask.sum(1))
        return scores.float()


class RelvmBenchmark:
    """Compares RELVM of one size, with random weights, with a transformer.

    # Parameters

    config : `Path`
        The config of the unsupervised training.
    num_sentences, batch_size, num_words : `int`
        The number of sentences that are measured, the size of batches, and the size of the
        vocabulary.
    device : `str`, optional (default = `"cpu"`)
    bf16 : `bool`, optional (default = `False`)
        Whether the models compute in bfloat16 (with autocast).

    Raises `NotMeasured` if there is no such device.
    """

    def __init__(
        self,
        config: Path,
        num_sentences: int,
        batch_size: int,
        num_words: int,
        device: str = "cpu",
        bf16: bool = False,
    ) -> None:
        if device == "cuda" and not torch.cuda.is_available():
            raise NotMeasured("no GPU")
        torch.manual_seed(0)
        self._device = torch.device(device)
        self._bf16 = bf16
        self._vocab = vocabulary(num_words)
        self._params: Dict[str, Any] = Params.from_file(str(config))["model"].as_dict(quiet=True)
        self._num_sentences = num_sentences
        self._batch_size = batch_size
        self._num_words = num_words
        self._note = (
            f"{num_sentences} sentences of 29 words on average and 140 at most, in batches of "
            f"{batch_size}, {num_words:,} words in the vocabulary"
        )

    def decoding(self, row: str, repeats: int) -> Comparison:
        """Compares log p(c | z) and its backward pass on packed sentences, without padding, with
        the same on sentences padded to 140 words, with a softmax over the vocabulary at every
        word."""
        model = self._relvm().train()
        model.decoder.token_dropout = 0.0
        some = self._batches(2, by_length=False)
        z = torch.randn(1, self._batch_size, model.representation.z_dim, device=self._device)

        def packed(batch: SentenceBatch) -> torch.Tensor:
            embedding = model.representation.word_embedding
            with self._autocast():
                log_p: torch.Tensor = model.decoder(batch.words, batch.words != 0, z, embedding)[0]
            log_p.sum().backward()
            return log_p.detach()

        def padded(batch: SentenceBatch) -> torch.Tensor:
            with self._autocast():
                log_p = _padded_likelihood(model, batch.words, z[0])
            log_p.sum().backward()
            return log_p.detach()

        if not self._bf16:
            torch.testing.assert_close(
                packed(some[0]), padded(some[0]), rtol=TOLERANCE, atol=TOLERANCE
            )
        prepare = self._prepare(model, some)
        return compare(
            row,
            Side("packed", packed, prepare),
            Side(f"padded to {MAX_LENGTH}", padded, prepare),
            repeats,
            note=self._note,
            finish=waiting_for(self._device),
        )

    def training(self, row: str, name: str, encoder: BertConfig, repeats: int) -> Comparison:
        """Compares the sentences a second of unsupervised training, forward and backward pass, with
        those of fine-tuning a transformer."""
        model, bert = self._relvm().train(), SentenceBert(encoder).to(self._device).train()
        some = self._batches(encoder.vocab_size)

        def ours(batch: SentenceBatch) -> None:
            with self._autocast():
                loss = model(**batch.inputs)["loss"]
            loss.backward()

        def baseline(batch: SentenceBatch) -> None:
            with self._autocast():
                scores = bert(batch)
            functional.cross_entropy(scores, batch.labels).backward()

        return self._compared(row, ("relvm", ours, model), (name, baseline, bert), some, repeats)

    def prediction(self, row: str, name: str, encoder: BertConfig, repeats: int) -> Comparison:
        """Compares the sentences a second of the mention classifier, with all its samples, with
        those of a transformer."""
        classifier = {"type": "relvm_mention_classifier", "representation": self._params}
        model = Model.from_params(Params(copy.deepcopy(classifier)), vocab=self._vocab)
        model = model.to(self._device).eval()
        bert = SentenceBert(encoder).to(self._device).eval()
        some = self._batches(encoder.vocab_size)

        def ours(batch: SentenceBatch) -> None:
            with torch.no_grad(), self._autocast():
                model(**batch.inputs)

        def baseline(batch: SentenceBatch) -> None:
            with torch.no_grad(), self._autocast():
                bert(batch).softmax(1)

        target = INFERENCE_TARGET if encoder.num_hidden_layers >= 12 else None
        sides = (("relvm", ours, model), (name, baseline, bert))
        return self._compared(row, *sides, some, repeats, target)

    def _compared(
        self,
        row: str,
        ours: Any,
        baseline: Any,
        some: List[SentenceBatch],
        repeats: int,
        target: Any = None,
    ) -> Comparison:
        """Compares two models. In each measurement, a model runs all batches one after the
        other."""

        def side(name: str, step: Callable[[SentenceBatch], None], model: torch.nn.Module) -> Side:
            def run(_: Any) -> None:
                for batch in some:
                    step(batch)

            return Side(name, run, lambda _: model.zero_grad(set_to_none=True))

        return compare(
            row,
            side(*ours),
            side(*baseline),
            repeats,
            Unit("sentences/s", len(some) * self._batch_size),
            target=target,
            note=self._note,
            finish=waiting_for(self._device),
        )

    def _relvm(self) -> Relvm:
        model = Model.from_params(Params(copy.deepcopy(self._params)), vocab=self._vocab)
        assert isinstance(model, Relvm)
        return model.to(self._device)

    def _batches(self, num_wordpieces: int, by_length: bool = True) -> List[SentenceBatch]:
        found = batches(
            self._num_sentences,
            self._batch_size,
            self._num_words,
            num_wordpieces,
            str(self._device),
            by_length,
        )
        if not found:
            raise NotMeasured(f"{self._num_sentences} sentences are not enough for a batch")
        return found

    def _prepare(
        self, model: torch.nn.Module, some: List[SentenceBatch]
    ) -> Callable[[int], SentenceBatch]:
        def prepare(number: int) -> SentenceBatch:
            model.zero_grad(set_to_none=True)
            return some[number % len(some)]

        return prepare

    def _autocast(self) -> torch.autocast:
        return torch.autocast(self._device.type, dtype=torch.bfloat16, enabled=self._bf16)


def _padded_likelihood(model: Relvm, words: torch.Tensor, z: torch.Tensor) -> torch.Tensor:
    """log p(c | z) `[B]`, with every sentence padded to the paper's largest number of words."""
    words = functional.pad(words, (0, MAX_LENGTH - words.size(1)))
    embedding = model.representation.word_embedding
    previous = functional.pad(embedding(words), (0, 0, 1, -1))
    inputs = torch.cat([z.unsqueeze(1).expand(-1, MAX_LENGTH, -1), previous], dim=2)
    hidden = model.decoder.lstm(inputs.transpose(0, 1))[0].transpose(0, 1)
    scores = model.decoder.softmax.projection(hidden) @ embedding.weight.t()  # [B, 140, V]
    log_p = -functional.cross_entropy(
        scores.flatten(0, 1).float(), words.flatten(), reduction="none"
    )
    return (log_p.view_as(words) * (words != 0)).sum(1)
