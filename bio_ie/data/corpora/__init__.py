"""Corpus formats, and the paths that name the data of an experiment."""

from typing import TYPE_CHECKING

from bio_ie.startup.lazy_exports import lazy_exports

if TYPE_CHECKING:
    from bio_ie.data.corpora.corpus_format import CorpusFormat
    from bio_ie.data.corpora.corpus_path import DataPath, open_corpus, read_corpus
    from bio_ie.data.corpora.formats.ade import AdeFormat
    from bio_ie.data.corpora.formats.bioc import BiocJsonFormat, BiocXmlFormat
    from bio_ie.data.corpora.formats.biorelex import BioRelExFormat
    from bio_ie.data.corpora.formats.blinded_tsv import BlindedTsvFormat
    from bio_ie.data.corpora.formats.brat import BratFormat
    from bio_ie.data.corpora.formats.gsc_plus import GscPlusFormat
    from bio_ie.data.corpora.formats.i2b2 import I2b2Format
    from bio_ie.data.corpora.formats.jats import JatsFormat
    from bio_ie.data.corpora.formats.jsonl import JsonlFormat
    from bio_ie.data.corpora.formats.lstm_er import LstmErFormat
    from bio_ie.data.corpora.formats.pubmed_xml import PubmedXmlFormat
    from bio_ie.data.corpora.formats.pubtator import PubtatorFormat
    from bio_ie.data.corpora.formats.sentence_jsonl import SentenceJsonlFormat
    from bio_ie.data.corpora.formats.spert import SpertFormat
    from bio_ie.data.corpora.formats.text import TextFormat
    from bio_ie.data.corpora.wrappers.concatenated import ConcatenatedFormat
    from bio_ie.data.corpora.wrappers.ctd_facts import CtdFormat
    from bio_ie.data.corpora.wrappers.filtered import FilteredFormat
    from bio_ie.data.corpora.wrappers.hpo_facts import HpoFormat
    from bio_ie.data.corpora.wrappers.k_fold import KFoldFormat
    from bio_ie.data.corpora.wrappers.pooled import PooledFormat
    from bio_ie.data.corpora.wrappers.projected_facts import ProjectedFactsFormat
    from bio_ie.data.pairs.pair_sentences import PairSentencesFormat
else:
    __getattr__ = lazy_exports(__name__)
