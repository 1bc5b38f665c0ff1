import json
from collections import Counter

import pytest
import torch.distributed as dist
from allennlp.common import Params, util
from allennlp.common.checks import ConfigurationError
from allennlp.data import DatasetReader, Instance
from allennlp.data.data_loaders import MultiProcessDataLoader
from allennlp.data.dataset_readers.dataset_reader import DistributedInfo, WorkerInfo
from allennlp.data.fields import MetadataField

from bio_ie.data.dataset_readers.document_reader import VIEWS_AT_ONCE, DocumentReader


class SentenceNumbers(DocumentReader[str]):
    """A reader whose views are the lines of a document. Its instances have only metadata."""

    def views(self, document):
        return [f"{document.id}.{number}" for number in range(len(document.text.split("\n")))]

    def view_to_instance(self, view, labelled=True, is_padding=False):
        return Instance({"metadata": MetadataField({"view": view, "is_padding": is_padding})})


@pytest.fixture
def corpus(tmp_path):
    """Writes a corpus with this many views, in documents of 1, 2, 3, 1, 2, ... views."""

    def write(num_views):
        path = tmp_path / f"{num_views}.jsonl"
        documents, number = [], 0
        while num_views > 0:
            length = min(number % 3 + 1, num_views)
            documents.append({"id": str(number), "text": "\n".join("a" * length)})
            num_views, number = num_views - length, number + 1
        lines = [json.dumps({**document, "mentions": []}) for document in documents]
        path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
        return str(path)

    return write


def found(instances):
    return [(i["metadata"]["view"], i["metadata"]["is_padding"]) for i in instances]


def read(path, rank=0, world_size=1, worker=0, num_workers=0, **settings):
    """The instances that one loader worker of one process of distributed training reads."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(util, "is_distributed", lambda: world_size > 1)
        patch.setattr(dist, "get_rank", lambda: rank)
        patch.setattr(dist, "get_world_size", lambda: world_size)
        reader = SentenceNumbers(token_indexers={}, **settings)
        if num_workers:
            # As AllenNLP does in a worker process.
            reader._set_worker_info(WorkerInfo(num_workers, worker))
            if world_size > 1:
                reader._set_distributed_info(DistributedInfo(world_size, rank))
        return found(reader.read(path))


@pytest.mark.parametrize("num_views", [1, 7, 12])
@pytest.mark.parametrize("max_instances", [None, 1, 5, 100])
@pytest.mark.parametrize("world_size", [1, 2, 3, 8])
@pytest.mark.parametrize("num_workers", [0, 1, 3])
def test_every_view_is_read_once_and_by_equal_numbers_in_every_process(
    num_views, max_instances, world_size, num_workers, corpus
):
    path = corpus(num_views)
    in_order = [view for view, _ in read(path)][:max_instances]
    ranks = []
    for rank in range(world_size):
        workers = [
            read(path, rank, world_size, worker, num_workers, max_instances=max_instances)
            for worker in range(num_workers or 1)
        ]
        ranks.append([pair for worker in workers for pair in worker])

    everything = [pair for rank in ranks for pair in rank]
    assert Counter(v for v, is_padding in everything if not is_padding) == Counter(in_order)
    assert len({len(rank) for rank in ranks}) == 1
    padding = [view for view, is_padding in everything if is_padding]
    assert len(padding) == -len(in_order) % world_size
    assert set(padding) <= set(in_order[-1:])


def test_one_process_reads_in_order_without_padding(corpus):
    assert read(corpus(4)) == [("0.0", False), ("1.0", False), ("1.1", False), ("2.0", False)]


def test_processes_take_turns(corpus):
    path = corpus(3)
    assert read(path, rank=0, world_size=2) == [("0.0", False), ("1.1", False)]
    assert read(path, rank=1, world_size=2) == [("1.0", False), ("1.1", True)]


def test_loader_workers_read_what_one_process_reads(corpus):
    path = corpus(7)
    reader = SentenceNumbers(token_indexers={})
    loader = MultiProcessDataLoader(reader, path, batch_size=2, num_workers=3, quiet=True)
    assert Counter(found(loader.iter_instances())) == Counter(read(path))


def test_views_are_prepared_before_they_become_instances_by_the_process_that_reads_them(corpus):
    prepared = []

    class Preparing(SentenceNumbers):
        def prepare(self, views):
            assert len(views) <= VIEWS_AT_ONCE
            prepared.extend(views)

        def view_to_instance(self, view, labelled=True, is_padding=False):
            assert view in prepared
            return super().view_to_instance(view, labelled, is_padding)

    reader = Preparing(token_indexers={})
    reader._set_worker_info(WorkerInfo(2, 1))
    instances = found(reader.read(corpus(70)))
    assert [view for view, _ in instances] == prepared
    assert len(prepared) == 35


@pytest.mark.parametrize("name", ["span_graph", "tagged_relations", "entity_linking"])
def test_a_setting_that_no_base_has_is_refused(name: str) -> None:
    indexers = {"tokens": {"type": "single_id"}}
    DatasetReader.from_params(Params({"type": name, "token_indexers": indexers, "max_words": 9}))
    with pytest.raises(ConfigurationError, match=r"has no setting max_wrds; it has .*max_words"):
        DatasetReader.from_params(Params({"type": name, "token_indexers": indexers, "max_wrds": 9}))
