import io
import json
import sys
import tarfile
from pathlib import Path
from typing import Any

import pytest
from allennlp.common.checks import ConfigurationError
from allennlp.models import load_archive

import bio_ie  # noqa: F401 - registers what the archive names
from bio_ie.archives.checked_archive import checked_archive
from bio_ie.files.trust import UntrustedArchiveError


def folder_with(tmp_path: Path, config: Any) -> str:
    if isinstance(config, dict):
        config = {"dataset_reader": {}, "model": {}, **config}
    (tmp_path / "config.json").write_text(config if isinstance(config, str) else json.dumps(config))
    return str(tmp_path)


def archive_with(path: Path, *names: str) -> str:
    with tarfile.open(path, "w:gz") as archive:
        for name in names:
            archive.addfile(tarfile.TarInfo(name), io.BytesIO())
    return str(path)


def test_archive_loads_from_the_folder_and_the_folder_goes(toy_archive: Path) -> None:
    with checked_archive(str(toy_archive)) as folder:
        assert Path(folder, "config.json").exists()
        archive = load_archive(folder)
    assert not Path(folder).exists()
    assert type(archive.model).__name__ == "JointNerRe"


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="Python has filters")
def test_archive_unpacks_where_python_has_no_filters(
    toy_archive: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(tarfile, "data_filter", raising=False)
    with checked_archive(str(toy_archive)) as folder:
        assert Path(folder, "weights.th").exists()


def test_serialization_folder_is_taken_as_it_is(toy_archive: Path) -> None:
    with checked_archive(str(toy_archive.parent)) as folder:
        assert folder == str(toy_archive.parent)
    assert toy_archive.exists()


@pytest.mark.parametrize(
    "config",
    [
        {"model": {"type": "subprocess.Popen"}},
        {"model": {"type": "os.system"}},
        {"model": {"encoder": [{"x": {"type": "antigravity.Anything"}}]}},
        {"dataset_reader": {"tokenizer": "xmlrpc.server.SimpleXMLRPCServer"}},
        {"validation_dataset_reader": {"type": "json.tool.main"}},
        {"vocabulary": {"type": "torch.nn.Linear"}},
        {"model": {"type": "bio_ie.no_such_module.Thing"}},
    ],
)
def test_classes_that_are_no_registered_parts_are_refused(tmp_path: Path, config: Any) -> None:
    path = folder_with(tmp_path, config)
    with pytest.raises(ConfigurationError, match="asks to import and call"), checked_archive(path):
        pass


def test_config_that_is_no_object_is_refused(tmp_path: Path) -> None:
    path = folder_with(tmp_path, [1])
    with pytest.raises(ConfigurationError, match="is not a JSON object"), checked_archive(path):
        pass


@pytest.mark.parametrize(
    "config",
    [
        {"model": {"type": "bio_ie.models.joint_ner_re.JointNerRe"}},
        {"model": {"type": "joint_ner_re", "layer": "encoder.layer.0", "name": "biobert-v1.1"}},
        {"model": {"regexes": [[".*bias", "no_such_package_here.weight"]]}},
        {"train_data_path": "json.tool", "trainer": {"type": "subprocess.Popen"}},
    ],
)
def test_what_runs_nothing_foreign_is_let_through(tmp_path: Path, config: Any) -> None:
    with checked_archive(folder_with(tmp_path, config)) as folder:
        assert folder == str(tmp_path)


@pytest.mark.parametrize("part", ["dataset_reader", "model"])
def test_archive_needs_a_reader_and_a_model(tmp_path: Path, part: str) -> None:
    config = {name: {} for name in ("dataset_reader", "model") if name != part}
    path = folder_with(tmp_path, json.dumps(config))
    with pytest.raises(ConfigurationError, match=f"has no '{part}'"), checked_archive(path):
        pass


@pytest.mark.parametrize("content", ["", "[", "local x = 1; {model: {type: 'a'}}"])
def test_config_must_be_plain_json(tmp_path: Path, content: str) -> None:
    path = folder_with(tmp_path, content)
    with (
        pytest.raises(ConfigurationError, match=r"no readable config\.json"),
        checked_archive(path),
    ):
        pass


def test_archive_needs_a_config(tmp_path: Path) -> None:
    path = archive_with(tmp_path / "x.tar.gz", "weights.th")
    with (
        pytest.raises(ConfigurationError, match=r"no readable config\.json"),
        checked_archive(path),
    ):
        pass


@pytest.mark.parametrize("has_filters", [True, False])
def test_archive_unpacks_into_its_folder_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, has_filters: bool
) -> None:
    if not has_filters:
        monkeypatch.delattr(tarfile, "data_filter", raising=False)
    path = archive_with(tmp_path / "x.tar.gz", "../outside")
    with (
        pytest.raises(UntrustedArchiveError, match="writes outside of its folder"),
        checked_archive(path),
    ):
        pass
