from pathlib import Path

from allennlp.common import Params

from bio_ie.data.corpora import CorpusFormat


def test_a_wrapper_reads_the_files_of_a_corpus_alone(fixtures_folder: Path) -> None:
    params = {"type": "filtered", "format": "pubmed_xml", "metadata": {"journal": "Updates"}}
    filtered = CorpusFormat.from_params(Params(params))
    path = fixtures_folder / "corpora" / "pubmed_xml"
    files = filtered.files(path)
    assert [file.name for file, _ in files] == ["baseline.xml", "update.xml"]
    together = [document.id for document in filtered.read(path)]
    prepared = filtered.for_files(files)
    alone = [[document.id for document in prepared.read(name)] for _, name in files]
    assert alone == [[], together] == [[], ["98000006", "98000009"]]


def test_a_part_of_a_corpus_or_several_cannot_be_read_by_file() -> None:
    for params in (
        {"type": "k_fold", "format": "jsonl", "split": "train"},
        {"type": "concatenated", "corpora": ["a"]},
        {
            "type": "filtered",
            "format": {"type": "concatenated", "corpora": ["a"]},
            "with_mentions": ["X"],
        },
    ):
        assert not CorpusFormat.from_params(Params(params)).reads_by_file
    assert CorpusFormat.by_name("pubmed_xml")().reads_by_file
