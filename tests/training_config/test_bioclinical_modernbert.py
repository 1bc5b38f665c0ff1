"""Configs with an encoder whose window holds an abstract, trained with a tiny one of its family."""

from pathlib import Path
from typing import Any, Dict

import pytest
from allennlp.common import Params
from allennlp.data import DatasetReader, Vocabulary

from bio_ie.encoders import longest_input, read_config, read_tokenizer
from bio_ie.files.corpus_error import CorpusError
from tests.encoders.tiny_encoders import save_encoder
from tests.test_configs import evaluate, model_names, shortened, train, with_toy_knowledge

WINDOW = 8192
CONFIGS = {
    "keci": "keci/ade_bioclinical_modernbert.jsonnet",
    "snerl": "snerl/bc5cdr_bioclinical_modernbert.jsonnet",
    "linker": "multitask_entity_linker/bc5cdr_bioclinical_modernbert.jsonnet",
}
SENTENCES = 80


@pytest.fixture(scope="module")
def modernbert(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = save_encoder(
        "modernbert", tmp_path_factory.mktemp("encoder"), max_position_embeddings=WINDOW
    )
    assert longest_input(read_config(folder), read_tokenizer(folder)) == WINDOW
    return folder


def small(name: str, modernbert: str, kb: Path, folder: Path) -> Dict[str, Any]:
    config = shortened(evaluate(CONFIGS[name]))
    assert {model for _, model in model_names(config)} == {
        "thomas-sounack/BioClinical-ModernBERT-base"
    }
    for place, _ in list(model_names(config)):
        place["model_name"] = modernbert
    with_toy_knowledge(config, kb, folder)
    return config


@pytest.mark.parametrize("name", CONFIGS)
def test_config_trains_two_steps_with_its_family(
    name: str, modernbert: str, toy_kb: Path, facts_kb: Path, tmp_path: Path
) -> None:
    kb = toy_kb if name == "keci" else facts_kb
    metrics = train(small(name, modernbert, kb, tmp_path), tmp_path)

    assert metrics["training_loss"] > 0
    log = (tmp_path / "run" / "out.log").read_text()
    assert "does not match any parameter name" not in log


def long_abstract(name: str, folder: Path) -> Path:
    """A text of far more than 512 wordpieces, in the format that the config reads."""
    sentence = "Aspirin caused a severe rash in the second case."
    path = folder / "long.txt"
    if name == "keci":
        lines = []
        for number in range(SENTENCES):
            start = number * (len(sentence) + 8)
            text = sentence.replace("second", f"{number:02d}th")
            rash = start + text.index("severe rash")
            lines.append(f"1|{text}|severe rash|{rash}|{rash + 11}|Aspirin|{start}|{start + 7}\n")
        path.write_text("".join(lines))
        return path
    title, abstract = "Aspirin.", " ".join([sentence] * SENTENCES)
    start = len(title) + 1
    path.write_text(
        f"1|t|{title}\n1|a|{abstract}\n1\t{start}\t{start + 7}\tAspirin\tChemical\tD001241\n\n"
    )
    return path


@pytest.mark.parametrize("name", CONFIGS)
def test_long_abstract_is_one_window(
    name: str, modernbert: str, toy_kb: Path, facts_kb: Path, tmp_path: Path
) -> None:
    config = small(name, modernbert, toy_kb if name == "keci" else facts_kb, tmp_path)
    original = evaluate(CONFIGS[name])["dataset_reader"]["corpus"]
    reader = DatasetReader.from_params(Params({**config["dataset_reader"], "corpus": original}))
    try:
        (instance,) = reader.read(str(long_abstract(name, tmp_path)))
    except CorpusError as error:
        pytest.fail(str(error))
    reader.apply_token_indexers(instance)
    instance.index_fields(Vocabulary.from_instances([instance]))
    tensors = instance.as_tensor_dict()["words"]["tokens"]

    assert tensors["token_ids"].size(0) == 1
    assert tensors["token_ids"].size(1) > 8 * SENTENCES > 512
