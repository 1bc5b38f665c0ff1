"""Several corpora as one."""

import os
from dataclasses import replace
from typing import Any, Iterator, List, Optional

from allennlp.common.checks import ConfigurationError

from bio_ie.data.corpora.corpus_format import CorpusFormat, CorpusReport
from bio_ie.data.corpora.corpus_path import open_corpus
from bio_ie.data.corpora.jsonl import JsonlFormat
from bio_ie.data.corpora.unique_ids import UniqueIds
from bio_ie.data.corpora.wrapper import WrapperFormat
from bio_ie.data.document import Document


@CorpusFormat.register("concatenated")
class ConcatenatedFormat(WrapperFormat):
    """Reads several corpora, each in its own format and part if need be, one after the other.

    Registered as a `CorpusFormat` with name "concatenated". Usually not written in a reader but
    given in the data path; the two parts of i2b2 2010 pooled and then split into folds are

        {"corpora": ["beth", "partners"], "format": "i2b2", "fold": 0, "num_folds": 5,
         "split": "test"}

    A document id that an earlier corpus has used gets `#2` behind it, with one warning. What a
    corpus loses while it is read is counted in one report.

    # Parameters

    corpora : `List[DataPath]`
        Data paths (see `bio_ie.data.corpora.corpus_path`): strings, or objects with their own
        `format`, `split` and so on. Relative ones lie in the folder that is given to `read`; an
        empty one is the working directory.
    format : `CorpusFormat`, optional (default = `jsonl`)
        Reads the corpora that name no format.
    """

    def __init__(self, corpora: List[Any], format: Optional[CorpusFormat] = None) -> None:
        super().__init__(format or JsonlFormat())
        if not isinstance(corpora, list) or not corpora:
            raise ConfigurationError("concatenated needs a list of one or more corpora")
        self.corpora = [open_corpus(corpus, self.format) for corpus in corpora]
        self.streams = all(corpus_format.streams for corpus_format, _ in self.corpora)

    def _documents(self, path: str, report: CorpusReport) -> Iterator[Document]:
        unique = UniqueIds(path or "concatenated corpora")
        for corpus_format, file in self.corpora:
            place = file if "://" in file else os.path.join(path, file)
            for document in corpus_format.read(place, report):
                document_id = unique(document.id)
                yield document if document_id == document.id else replace(document, id=document_id)
