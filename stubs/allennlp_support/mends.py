"""
What each of AllenNLP's modules needs on today's libraries. A mend is a context manager that is
given the module; the module is executed inside it.
"""

import contextlib
import sys
from types import ModuleType
from typing import Any, Callable, ContextManager, Dict, Iterator
from unittest import mock


@contextlib.contextmanager
def _with_adamw(module: ModuleType) -> Iterator[None]:
    """`transformers.AdamW`, which AllenNLP's optimizer "huggingface_adamw" inherits from."""
    import transformers

    from allennlp_support.adamw import AdamW

    # Some submodules of transformers replace `sys.modules["transformers"]` when they are imported.
    # The module that is there now is the one that `import transformers` gives to AllenNLP.
    with mock.patch.object(sys.modules[transformers.__name__], "AdamW", AdamW, create=True):
        yield


@contextlib.contextmanager
def _with_hub_classes(module: ModuleType) -> Iterator[None]:
    """`HfFolder` and `Repository` of the hub's library, which `allennlp push-to-hf` uses."""
    import huggingface_hub

    with contextlib.ExitStack() as stack:
        for name in ("HfFolder", "Repository"):
            if not hasattr(huggingface_hub, name):
                patch = mock.patch.object(huggingface_hub, name, _refusing(name), create=True)
                stack.enter_context(patch)
        yield


def _refusing(name: str) -> type:
    def refuse(*arguments: Any, **options: Any) -> None:
        raise ImportError(
            f"huggingface_hub no longer has {name}, which AllenNLP's push-to-hf needs: upload the "
            "archive with: hf upload REPOSITORY model.tar.gz"
        )

    return type(name, (), {"__init__": refuse, "get_token": staticmethod(refuse)})


@contextlib.contextmanager
def _with_torchvision(module: ModuleType) -> Iterator[None]:
    """torchvision, which AllenNLP's image models use: the real one, or a placeholder if there is
    none that works."""
    try:
        import torchvision.ops.boxes  # noqa: F401
    except Exception as error:
        from allennlp_support.torchvision_placeholder import placeholders

        modules = placeholders(error)
    else:
        modules = {}
    sys.modules.update(modules)
    try:
        yield
    finally:
        for name in modules:
            del sys.modules[name]


@contextlib.contextmanager
def _with_its_own_tokenizers(module: ModuleType) -> Iterator[None]:
    """Tokenizers and weights as AllenNLP expects them of transformers."""
    yield
    from allennlp_support.transformers_of_old import Float32AutoModel, earlier_tokenizers

    names = vars(module)
    names["AutoModel"] = Float32AutoModel
    names["get_tokenizer"] = earlier_tokenizers(names["get_tokenizer"])


MENDS: Dict[str, Callable[[ModuleType], ContextManager[None]]] = {
    "allennlp.common.cached_transformers": _with_its_own_tokenizers,
    "allennlp.common.push_to_hf": _with_hub_classes,
    "allennlp.data.image_loader": _with_torchvision,
    "allennlp.modules.vision.grid_embedder": _with_torchvision,
    "allennlp.modules.vision.region_detector": _with_torchvision,
    "allennlp.training.optimizers": _with_adamw,
}
"""The mends by the name of the module."""
