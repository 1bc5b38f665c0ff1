import random
from collections import Counter
from itertools import chain

import pytest
from allennlp.common import Params
from allennlp.common.checks import ConfigurationError
from hypothesis import given
from hypothesis import strategies as st

from bio_ie.data.corpora import CorpusFormat, KFoldFormat
from bio_ie.files.corpus_error import CorpusError
from bio_ie.files.corpus_report import CorpusReport
from bio_ie.text.document import Document, Mention, Relation
from tests.data.corpora.broken_files import steady


class InMemoryFormat(CorpusFormat):
    """A format that gives existing documents."""

    def __init__(self, documents):
        super().__init__()
        self.documents = documents

    def read(self, path, report=None):
        yield from self.documents


def corpus(size, group_size=1, types="ab"):
    chance = random.Random(size)
    documents = []
    for number in range(size):
        annotations = {}
        if number % 3:
            annotations = {
                "mentions": (Mention("T1", 0, 1, "X"), Mention("T2", 2, 3, "Y")),
                "relations": (Relation(chance.choice(types), "T1", "T2"),),
            }
        metadata = {"pmid": number // group_size}
        documents.append(Document(f"d{number}", "x y", metadata=metadata, **annotations))
    return documents


def ids(documents, split, **settings):
    part = KFoldFormat(InMemoryFormat(documents), split, **settings)
    return [document.id for document in part.read("memory")]


settings = st.fixed_dictionaries(
    {
        "num_folds": st.integers(2, 5),
        "seed": st.integers(0, 3),
        "validation_share": st.sampled_from([0.2, 0.34, 3, 4]),
        "stratify_by": st.sampled_from([None, "relations", "mentions"]),
        "group_by_metadata": st.sampled_from([None, "pmid"]),
    }
)


@steady
@given(st.integers(20, 40), st.integers(1, 3), settings)
def test_folds_partition_the_corpus_and_so_do_the_splits_of_a_fold(size, group_size, settings):
    documents = corpus(size, group_size)
    everything = [document.id for document in documents]
    tests = Counter()
    for fold in range(settings["num_folds"]):
        parts = [
            ids(documents, split, fold=fold, **settings)
            for split in ("train", "validation", "test")
        ]
        assert Counter(chain.from_iterable(parts)) == Counter(everything)
        assert all(part == sorted(part, key=everything.index) for part in parts)
        tests.update(parts[2])
        if settings["group_by_metadata"]:
            pmid = {document.id: document.metadata["pmid"] for document in documents}
            groups = [{pmid[document_id] for document_id in part} for part in parts]
            assert sum(map(len, groups)) == len(set.union(*groups))
    assert tests == Counter(everything)


@steady
@given(st.integers(4, 60), st.integers(2, 4), st.integers(0, 5))
def test_folds_are_of_even_size(size, num_folds, seed):
    documents = corpus(size)
    sizes = [
        len(ids(documents, "test", fold=fold, num_folds=num_folds, seed=seed))
        for fold in range(num_folds)
    ]
    assert max(sizes) - min(sizes) <= 1


@steady
@given(st.randoms(use_true_random=False))
def test_the_order_of_the_file_does_not_matter(chance):
    documents = corpus(30)
    shuffled = list(documents)
    chance.shuffle(shuffled)
    part = {"fold": 1, "num_folds": 3, "validation_share": 5}
    for split in ("train", "validation", "test"):
        assert set(ids(documents, split, **part)) == set(ids(shuffled, split, **part))


def test_another_seed_gives_another_split():
    parts = {tuple(ids(corpus(40), "test", fold=0, num_folds=4, seed=seed)) for seed in range(5)}
    assert len(parts) == 5


def test_a_split_stays_what_it_was_in_every_process_and_version():
    # Each run of the tests has another hash seed. If these lists changed, the test part of
    # somebody's trained model would silently have other documents.
    part = {"fold": 0, "num_folds": 4, "seed": 13, "validation_share": 2}
    assert ids(corpus(12), "test", **part) == ["d5", "d6", "d8"]
    assert ids(corpus(12), "validation", **part) == ["d2", "d7"]
    assert ids(corpus(12), "test", stratify_by="relations", **part) == ["d1", "d5", "d9"]


def test_a_validation_share_is_a_share_or_a_number_of_the_rest():
    documents = corpus(100)
    part = {"fold": 0, "num_folds": 10}
    assert len(ids(documents, "validation", validation_share=1 / 9, **part)) == 10
    assert len(ids(documents, "validation", validation_share=7, **part)) == 7
    assert len(ids(documents, "train", **part)) == 90
    assert len(ids(documents, "validation", validation_share=20)) == 20
    assert len(ids(documents, "train", validation_share=20)) == 80


@pytest.mark.parametrize("wanted", [3, 10, 30])
def test_a_validation_part_of_groups_is_as_near_as_groups_allow(wanted):
    documents = corpus(60, group_size=4)
    taken = ids(documents, "validation", validation_share=wanted, group_by_metadata="pmid")
    assert abs(len(taken) - wanted) <= 2


def test_stratification_spreads_the_types_evenly():
    documents = corpus(200, types="aaaaaaab")
    rare = {
        document.id for document in documents if document.relations and
        document.relations[0].type == "b"
    }  # fmt: skip
    part = {"num_folds": 4, "stratify_by": "relations", "validation_share": 30}
    for split, expected in (("test", len(rare) / 4), ("validation", len(rare) * 0.75 * 30 / 150)):
        for fold in range(4):
            found = len(rare.intersection(ids(documents, split, fold=fold, **part)))
            assert abs(found - expected) < 1.5


def test_documents_with_one_id_are_dealt_one_by_one():
    documents = corpus(6)[:1] * 6
    assert len(ids(documents, "test", fold=0, num_folds=3)) == 2


@pytest.mark.parametrize(
    "arguments, reason",
    [
        ({"split": "dev"}, "split must be one of"),
        ({"split": "test"}, "no test split without"),
        ({"split": "train", "fold": 1}, "given together"),
        ({"split": "train", "num_folds": 3}, "given together"),
        ({"split": "train", "fold": 3, "num_folds": 3}, "fold is 3 and num_folds is 3"),
        ({"split": "train", "fold": 0, "num_folds": 1}, "at least 2"),
        ({"split": "validation"}, "needs a validation_share"),
        ({"split": "train", "validation_share": -0.1}, "neither a share nor a number"),
        ({"split": "train", "validation_share": 1.5}, "neither a share nor a number"),
        ({"split": "train", "stratify_by": "facts"}, "stratify_by must be"),
    ],
)
def test_a_wrong_setting_is_refused(arguments, reason):
    with pytest.raises(ConfigurationError, match=reason):
        KFoldFormat(InMemoryFormat([]), **arguments)


def test_a_corpus_too_small_for_its_part_is_an_error():
    documents = corpus(3)
    with pytest.raises(
        ConfigurationError, match="validation_share 3 leaves no document for training out of 3"
    ):
        list(KFoldFormat(InMemoryFormat(documents), "train", validation_share=3).read("memory"))
    with pytest.raises(CorpusError, match="3 documents cannot be split into 4 folds"):
        list(KFoldFormat(InMemoryFormat(documents), "train", 0, 4).read("memory"))
    with pytest.raises(CorpusError, match="document 'd0': its metadata has no 'journal'"):
        list(KFoldFormat(InMemoryFormat(documents), "train", group_by_metadata="journal").read("m"))


def test_the_report_counts_the_documents_of_the_part_and_all_losses(tmp_path):
    path = tmp_path / "docs.jsonl"
    path.write_text("".join(f'{{"id": "{n}", "text": "a"}}\n' for n in range(9)) + "{\n")
    corpus_format = CorpusFormat.from_params(
        Params(
            {
                "type": "k_fold", "format": {"type": "jsonl", "on_error": "skip"},
                "split": "test", "fold": 0, "num_folds": 3,
            }
        )
    )  # fmt: skip
    report = CorpusReport()
    assert len(list(corpus_format.read(path, report))) == 3
    assert report.documents == 3
    assert sum(report.lost.values()) == 1
