import json

import pytest
import torch.distributed as dist
from allennlp.common import Params, util
from allennlp.common.checks import ConfigurationError
from allennlp.data import Batch, DatasetReader, Vocabulary
from allennlp.data.dataset_readers.dataset_reader import WorkerInfo

from bio_ie.data.dataset_readers import RelationPairsReader
from bio_ie.data.dataset_readers.relation_pairs import EntityPairItem
from bio_ie.files.corpus_error import CorpusError

LINES = [
    {
        "entities": ["X:1", "X:2"],
        "types": ["CHEMICAL", "DISEASE"],
        "label": "CHEMICAL-DISEASE",
        "sentences": 3,
        "contexts": [["<ENT>", "causes", "<ENT>"], ["<ENT>", "without", "<ENT>", "."]],
    },
    {"entities": ["X:3", "X:2"], "label": "NO-RELATION", "contexts": [["<ENT>", "<ENT>"]]},
    {"entities": ["X:4", "X:5"], "contexts": [["<ENT>", "and", "<ENT>"]]},
]


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "pairs.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in LINES))
    return str(path)


def test_lines_are_pairs(file):
    first, second, third = RelationPairsReader().read(file)
    assert [token.text for token in first["entities"].tokens] == ["X:1", "X:2"]
    assert first["label"].label == "CHEMICAL-DISEASE"
    assert first["metadata"].metadata == {
        "entities": ["X:1", "X:2"],
        "types": ["CHEMICAL", "DISEASE"],
        "sentences": 3,
        "is_padding": False,
        "label": "CHEMICAL-DISEASE",
    }
    assert second["metadata"]["types"] == []
    assert "label" not in third.fields
    assert "contexts" not in first.fields


def test_contexts_are_given_on_demand(file):
    reader = RelationPairsReader(max_contexts=1)
    instances = list(reader.read(file))
    for instance in instances:
        assert len(instance["contexts"]) == 1
    instances = list(RelationPairsReader(max_contexts=5).read(file))[:2]
    assert [len(instance["contexts"]) for instance in instances] == [2, 1]
    batch = Batch(instances)
    batch.index_instances(Vocabulary.from_instances(instances))
    tensors = batch.as_tensor_dict()
    assert tensors["contexts"]["tokens"]["tokens"].shape == (2, 2, 4)
    assert tensors["entities"]["entities"]["tokens"].shape == (2, 2)


def test_pairs_to_predict_need_two_identifiers_only():
    instance = RelationPairsReader().text_to_instance(EntityPairItem(("X:1", "X:9")))
    assert set(instance.fields) == {"entities", "metadata"}


def test_each_pair_is_read_once_and_rounds_are_filled(file):
    def read(rank, worker):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(util, "is_distributed", lambda: True)
            patch.setattr(dist, "get_rank", lambda: rank)
            patch.setattr(dist, "get_world_size", lambda: 2)
            reader = RelationPairsReader()
            reader._set_worker_info(WorkerInfo(2, worker))
            return [instance["metadata"] for instance in reader.read(file)]

    ranks = [[item for worker in range(2) for item in read(rank, worker)] for rank in range(2)]
    assert [len(rank) for rank in ranks] == [2, 2]
    real = [tuple(item["entities"]) for rank in ranks for item in rank if not item["is_padding"]]
    assert sorted(real) == [("X:1", "X:2"), ("X:3", "X:2"), ("X:4", "X:5")]
    assert len(list(RelationPairsReader(max_instances=2).read(file))) == 2


@pytest.mark.parametrize(
    "line, reason",
    [
        ({}, "'entities' must be two strings"),
        ({"entities": ["X:1"]}, "'entities' must be two strings"),
        ({"entities": [1, 2]}, "'entities' must be strings"),
        ({"entities": ["a", "b"], "types": ["T"]}, "'types' must be two strings"),
        ({"entities": ["a", "b"], "label": 1}, "'label' must be a string"),
        ({"entities": ["a", "b"], "sentences": "3"}, "'sentences' must be a number"),
        ({"entities": ["a", "b"], "contexts": ["x"]}, "'contexts' must be lists of words"),
        ([], "a pair must be an object"),
    ],
)
def test_a_bad_line_is_named(line, reason, file):
    with open(file, "a", encoding="utf-8") as lines:
        lines.write(json.dumps(line) + "\n")
    with pytest.raises(CorpusError, match=rf"pairs\.jsonl:4: {reason}"):
        list(RelationPairsReader().read(file))


def test_contexts_that_are_not_there_are_an_error(tmp_path):
    path = tmp_path / "pairs.jsonl"
    path.write_text('{"entities": ["a", "b"]}\n')
    with pytest.raises(CorpusError, match="has no contexts"):
        list(RelationPairsReader(max_contexts=2).read(str(path)))
    with pytest.raises(ConfigurationError, match="max_contexts"):
        RelationPairsReader(max_contexts=-1)
    path.write_text("\n")
    with pytest.raises(CorpusError, match="no pair in it"):
        list(RelationPairsReader().read(str(path)))


def test_reader_comes_from_a_config(file):
    reader = DatasetReader.from_params(Params({"type": "relation_pairs", "max_contexts": 2}))
    assert len(list(reader.read(file))) == 3
