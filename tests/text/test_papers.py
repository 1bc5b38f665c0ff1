import pytest

from bio_ie.text.document import Document
from bio_ie.text.papers import paper_of, paper_of_document


@pytest.mark.parametrize(
    "document_id, paper",
    [
        ("12", "12"),
        ("12#2", "12"),
        ("PMID:12", "12"),
        ("pubmed:12#3", "12"),
        ("PMID:012", "12"),
        ("0", "0"),
        ("doc:1", "doc:1"),
        ("doc 01", "doc 01"),
    ],
)
def test_paper_of_a_document_id(document_id: str, paper: str) -> None:
    assert paper_of(document_id) == paper


@pytest.mark.parametrize(
    "metadata, paper",
    [({}, "7.2"), ({"pmid": "7"}, "7"), ({"pmid": 7}, "7"), ({"pmid": " "}, "7.2")],
)
def test_a_sentence_is_from_the_paper_that_its_metadata_names(metadata: dict, paper: str) -> None:
    assert paper_of_document(Document("7.2", "A sentence.", metadata=metadata)) == paper
