from bio_ie.data.corpora.ade import AdeFormat
from bio_ie.data.corpora.bioc import BiocJsonFormat, BiocXmlFormat
from bio_ie.data.corpora.biorelex import BioRelExFormat
from bio_ie.data.corpora.blinded_tsv import BlindedTsvFormat
from bio_ie.data.corpora.brat import BratFormat
from bio_ie.data.corpora.concatenated import ConcatenatedFormat
from bio_ie.data.corpora.corpus_format import CorpusError, CorpusFormat, CorpusReport
from bio_ie.data.corpora.corpus_path import DataPath, open_corpus, read_corpus
from bio_ie.data.corpora.ctd import CtdFormat
from bio_ie.data.corpora.filtered import FilteredFormat
from bio_ie.data.corpora.gsc_plus import GscPlusFormat
from bio_ie.data.corpora.hpo import HpoFormat
from bio_ie.data.corpora.i2b2 import I2b2Format
from bio_ie.data.corpora.jsonl import JsonlFormat
from bio_ie.data.corpora.k_fold import KFoldFormat
from bio_ie.data.corpora.lstm_er import LstmErFormat
from bio_ie.data.corpora.pair_sentences import PairSentencesFormat
from bio_ie.data.corpora.pooled import PooledFormat
from bio_ie.data.corpora.projected_facts import ProjectedFactsFormat
from bio_ie.data.corpora.pubtator import PubtatorFormat
from bio_ie.data.corpora.sentence_jsonl import SentenceJsonlFormat
from bio_ie.data.corpora.spert import SpertFormat
from bio_ie.data.corpora.text import TextFormat
