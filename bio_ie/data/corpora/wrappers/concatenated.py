"""Several corpora as one."""

from typing import Iterator

from bio_ie.data.corpora.corpus_format import CorpusFormat
from bio_ie.data.corpora.wrappers.several_corpora import SeveralCorporaFormat
from bio_ie.files.corpus_report import CorpusReport
from bio_ie.files.unique_ids import UniqueIds
from bio_ie.text.document import Document


@CorpusFormat.register("concatenated")
class ConcatenatedFormat(SeveralCorporaFormat):
    """Reads several corpora one after the other. Each can have its own format and its own part.

    Registered as a `CorpusFormat` with name "concatenated". Its parameters are those of
    `SeveralCorporaFormat`. It is usually given in the data path and not in the reader. For example,
    this data path joins the two parts of i2b2 2010 and then splits them into folds:

        {"corpora": ["beth", "partners"], "format": "i2b2", "fold": 0, "num_folds": 5,
         "split": "test"}

    A document id that an earlier corpus has used gets the suffix `#2`, with one warning. The losses
    of all corpora are counted in one report.
    """

    def _documents(self, path: str, report: CorpusReport) -> Iterator[Document]:
        unique = UniqueIds(path or "concatenated corpora")
        for _, documents in self._opened(path, report):
            for document in documents:
                document_id = unique(document.id)
                yield document.with_changes(id=document_id)
