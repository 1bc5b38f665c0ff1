"""The archive of a model whose encoder is adapted by LoRA."""

import shutil
from pathlib import Path

import pytest
import torch
from allennlp.commands.train import train_model
from allennlp.common import Params
from allennlp.models import load_archive
from allennlp.predictors import Predictor
from torch.testing import assert_close

from bio_ie.encoders import load_encoder

CONFIG = "fixtures/models/joint_ner_re.jsonnet"


def test_archive_predicts_the_same_with_the_encoder_gone_and_adapters_merged(
    fixtures_folder: Path, tmp_path: Path
) -> None:
    pytest.importorskip("peft")
    encoder = Path(shutil.copytree(fixtures_folder / "encoders" / "tiny_bert", tmp_path / "bert"))
    base = load_encoder(str(encoder)).state_dict()
    params = Params.from_file(CONFIG).as_dict(quiet=True)
    for part in (
        params["dataset_reader"]["token_indexers"]["tokens"],
        params["validation_dataset_reader"]["token_indexers"]["tokens"],
        params["model"]["text_field_embedder"]["token_embedders"]["tokens"],
    ):
        part["model_name"] = str(encoder)
    params["model"]["text_field_embedder"]["token_embedders"]["tokens"]["lora"] = {"rank": 4}
    model = train_model(Params(params), str(tmp_path / "run")).eval()
    archive_file = shutil.move(tmp_path / "run" / "model.tar.gz", tmp_path / "model.tar.gz")
    shutil.rmtree(encoder)
    shutil.rmtree(tmp_path / "run")

    archive = load_archive(archive_file)
    archive.model.eval()
    transformer = archive.model.text_field_embedder.token_embedder_tokens.encoder
    weights = {
        name.replace(".base_layer", ""): weight
        for name, weight in transformer.state_dict().items()
        if ".lora_" not in name
    }
    assert weights.keys() == base.keys()
    assert all(torch.equal(weights[name], base[name]) for name in base)

    instances = list(archive.dataset_reader.read("fixtures/demo/validation.jsonl"))
    expected = model.forward_on_instances(instances)
    found = archive.model.forward_on_instances(instances)
    Predictor.from_archive(archive, "document")
    merged = archive.model.forward_on_instances(instances)

    assert transformer.state_dict().keys() == base.keys()
    assert not torch.equal(
        transformer.state_dict()["encoder.layer.0.output.dense.weight"],
        base["encoder.layer.0.output.dense.weight"],
    )
    for one, other, without in zip(expected, found, merged, strict=True):
        assert one["mentions"] == other["mentions"]
        assert [(m.start, m.end, m.type) for m in without["mentions"]] == [
            (m.start, m.end, m.type) for m in one["mentions"]
        ]
        scores = [[m.score for m in output["mentions"]] for output in (one, without)]
        assert_close(*map(torch.tensor, scores), atol=1e-4, rtol=1e-4)
