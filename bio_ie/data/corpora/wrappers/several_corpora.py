"""The base class of formats that read several corpora."""

import os
from typing import Any, Iterator, List, Optional, Tuple

from allennlp.common.checks import ConfigurationError

from bio_ie.data.corpora.corpus_format import CorpusFormat
from bio_ie.data.corpora.corpus_path import open_corpus
from bio_ie.data.corpora.formats.jsonl import JsonlFormat
from bio_ie.data.corpora.wrappers.wrapper_format import WrapperFormat
from bio_ie.files.corpus_report import CorpusReport
from bio_ie.text.document import Document


class SeveralCorporaFormat(WrapperFormat):
    """Reads several corpora. Each can have its own format and its own part.

    # Parameters

    corpora : `List[DataPath]`
        Data paths (see `bio_ie.data.corpora.corpus_path`): strings, or objects with their own
        `format`, `split` and so on. Relative paths are relative to the folder that is passed to
        `read`. An empty folder name means the working directory.
    format : `CorpusFormat`, optional (default = `jsonl`)
        Reads the corpora that have no format of their own.
    """

    reads_by_file = False

    def __init__(self, corpora: List[Any], format: Optional[CorpusFormat] = None) -> None:
        super().__init__(format or JsonlFormat())
        if not isinstance(corpora, list) or not corpora:
            raise ConfigurationError(f"{type(self).__name__} needs a list of one or more corpora")
        self.corpora = [open_corpus(corpus, self.format) for corpus in corpora]
        self.streams = self.streams and all(
            corpus_format.streams for corpus_format, _ in self.corpora
        )

    def _opened(self, path: str, report: CorpusReport) -> Iterator[Tuple[str, Iterator[Document]]]:
        """The name and the documents of each corpus."""
        for corpus_format, file in self.corpora:
            place = file if "://" in file else os.path.join(path, file)
            yield place, corpus_format.read(place, report)
