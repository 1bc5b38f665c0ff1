"""Archives with harmless payloads: code that leaves a file if it is run."""

import json
import os
import pickle
import shutil
import tarfile
from pathlib import Path
from typing import Any, Callable, Dict, Tuple

import torch

Config = Dict[str, Any]


class Payload:
    """Leaves a folder when it is unpickled."""

    def __init__(self, proof: Path) -> None:
        self.proof = str(proof)

    def __reduce__(self) -> Tuple[Callable[..., None], Tuple[str, bool]]:
        return os.makedirs, (self.proof, 511, True)  # type: ignore[return-value]


def module(folder: Path, name: str, proof: Path) -> None:
    """Writes a module that leaves a file when it is imported."""
    path = folder.joinpath(*name.split(".")).with_suffix(".py")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"open({str(proof)!r}, 'w').close()\n\nclass Part:\n    pass\n")


def changed(archive: Path, folder: Path, change: Callable[[Config], None]) -> Path:
    """Unpacks an archive to `folder`, changes its config, and packs it again as the result."""
    unpacked = folder / "unpacked"
    with tarfile.open(archive) as file:
        file.extractall(unpacked)
    config = json.loads((unpacked / "config.json").read_text())
    change(config)
    (unpacked / "config.json").write_text(json.dumps(config))
    return packed(unpacked)


def packed(unpacked: Path) -> Path:
    """Packs a folder into an archive beside it."""
    path = unpacked.with_name("changed.tar.gz")
    with tarfile.open(path, "w:gz") as file:
        for name in sorted(os.listdir(unpacked)):
            file.add(unpacked / name, name)
    return path


def at(path: str, value: Any) -> Callable[[Config], None]:
    """A change that sets the value at a path such as `model.encoder`."""

    def change(config: Config) -> None:
        *parents, name = path.split(".")
        for parent in parents:
            config = config.setdefault(parent, {})
        config[name] = value

    return change


def remote_encoder(folder: Path, tiny_bert: Path, proof: Path) -> Path:
    """An encoder that brings its own code, as models on the hub do."""
    shutil.copytree(tiny_bert, folder)
    config = json.loads((folder / "config.json").read_text())
    config.update(model_type="of_its_own", auto_map={"AutoConfig": "its_code.ItsConfig"})
    (folder / "config.json").write_text(json.dumps(config))
    tokenizer = {"auto_map": {"AutoTokenizer": [None, "its_code.ItsTokenizer"]}}
    (folder / "tokenizer_config.json").write_text(json.dumps(tokenizer))
    (folder / "its_code.py").write_text(
        "from transformers import BertConfig, BertTokenizerFast\n"
        f"open({str(proof)!r}, 'w').close()\n\n"
        "class ItsConfig(BertConfig):\n    model_type = 'of_its_own'\n\n"
        "class ItsTokenizer(BertTokenizerFast):\n    pass\n"
    )
    return folder


def pickled(proof: Path) -> bytes:
    return pickle.dumps(Payload(proof))


def foreign_weights(archive: Path, folder: Path, proof: Path) -> Path:
    """An archive whose weights leave a proof."""
    folder.mkdir()
    changed(archive, folder, lambda config: None)
    torch.save({"a": Payload(proof)}, folder / "unpacked" / "weights.th")
    return packed(folder / "unpacked")
