"""The configs, sizes of encoders and devices with which models are measured."""

from pathlib import Path
from typing import Any, Dict

from transformers import BertConfig

from benchmarks.keci_sentences import KECI_PAPER, KECI_RECIPE
from benchmarks.multitask_linker import MULTITASK_PAPER
from benchmarks.sentences import CONLL04_RECIPE, PAPER_MODEL
from benchmarks.snerl_documents import SNERL_RECIPE

SCIBERT = BertConfig(vocab_size=31090)  # all other settings are those of BERT base
MINILM = BertConfig(hidden_size=384, num_hidden_layers=6, intermediate_size=1536)

MODELS = {
    "scibert": (PAPER_MODEL, SCIBERT),
    "minilm": (PAPER_MODEL, MINILM),
    # Also has a convolution over characters and a BiLSTM.
    "minilm_recipe": (CONLL04_RECIPE, MINILM),
}
"""The configs and encoders of the joint model, by their names in rows."""

KECI_MODELS = {
    "keci_scibert": (KECI_PAPER, SCIBERT),
    "keci_minilm": (KECI_PAPER, MINILM),
    # Has a convolution over characters, and smaller heads.
    "keci_minilm_recipe": (KECI_RECIPE, MINILM),
}
"""The configs and encoders of KECI, by their names in rows."""

SNERL_MODELS = {"snerl_scibert": (SNERL_RECIPE, SCIBERT), "snerl_minilm": (SNERL_RECIPE, MINILM)}
"""The configs and encoders of SNERL, by their names in rows. Its heads are the same in the paper
and in the recipe."""

MULTITASK_MODELS = {
    "multitask_scibert": (MULTITASK_PAPER, SCIBERT),
    "multitask_minilm": (MULTITASK_PAPER, MINILM),
}
"""The configs and encoders of the multi-task entity linker, by their names in rows."""

_RELVM = Path(__file__).resolve().parent.parent / "training_config" / "relvm"

RELVM_MODELS = {"small": _RELVM / "small.jsonnet", "large": _RELVM / "large.jsonnet"}
"""The configs of RELVM's unsupervised training, by their names in rows."""

RELVM_ENCODERS = {"minilm": MINILM, "bert": SCIBERT}
"""The transformers with which RELVM is compared."""

DEVICES: Dict[str, Dict[str, Any]] = {
    "cpu": {"device": "cpu"},
    "cuda_fp32": {"device": "cuda"},
    "cuda_bf16": {"device": "cuda", "bf16": True},
}
