"""The format of files with one sentence per line, as words with entities: unlabelled text for the
relation representations of RELVM."""

import json
import logging
from typing import Any, Dict, Iterator, List

from bio_ie.data.concept_labels import label_concepts
from bio_ie.data.corpora.corpus_format import CorpusFormat
from bio_ie.data.pairs.entity_sentence import EntityMention, EntitySentence
from bio_ie.files.bad_items import BadItem, as_object, skippable
from bio_ie.files.corpus_error import CorpusError, quoted
from bio_ie.files.corpus_report import CorpusReport
from bio_ie.files.source import Source
from bio_ie.files.strict_json import parse_json
from bio_ie.text.document import Document, Mention, Span

logger = logging.getLogger(__name__)


@CorpusFormat.register("pair_sentences")
class PairSentencesFormat(CorpusFormat):
    """A format with one sentence per line: `{"id": "7.2", "words": [...], "entities": [[0, 2,
    "CHEMICAL", "MESH:D008687"], ...]}`. An entity has the number of its first word, the number of
    the word after its last, a type and, if it is known, an identifier. `bio-ie extract-pairs`
    writes this format.

    Registered as a `CorpusFormat` with name "pair_sentences". When the file is read as a corpus,
    each line is a document whose text is the words joined by spaces. The reader `relation_context`
    calls `sentences` instead, which is several times as fast and keeps nothing that it has read in
    memory.
    """

    def sentences(self, path: str) -> Iterator[EntitySentence]:
        """The sentences of `path`, which may be any path that `read` takes. This method raises
        `CorpusError` as `read` does, but it does not look for ids that occur twice."""
        report = CorpusReport()
        is_empty = True
        for file, name in self._files(path):
            source = Source(file, name, self.on_error, report)
            try:
                for sentence in self._sentences(source):
                    is_empty = False
                    yield sentence
            except CorpusError as error:
                if self.on_error == "raise":
                    raise
                report.lose_input("a file cannot be read to its end", error)
        if is_empty and not report.lost:
            raise CorpusError("no sentence in it", path)
        if report.lost:
            logger.warning("%s: %s", path, report)

    def _sentences(self, source: Source) -> Iterator[EntitySentence]:
        # Bytes that are not valid text make only their own line invalid: parse_json finds them.
        for line in source.lines(errors="surrogateescape"):
            if not line or line.isspace():
                continue
            sentence = None
            with skippable(source):
                sentence = parse_sentence(line)
            if sentence is not None:
                yield sentence

    def _read(self, source: Source) -> Iterator[Document]:
        return map(_document, self._sentences(source))


def sentence_to_json(sentence: EntitySentence) -> str:
    """The line of a sentence, without the line end."""
    entities: List[List[Any]] = []
    for mention in sentence.mentions:
        entity: List[Any] = [mention.first, mention.beyond, mention.type]
        entities.append([*entity, mention.identifier] if mention.identifier else entity)
    value: Dict[str, Any] = {
        "id": sentence.id,
        "words": list(sentence.words),
        "entities": entities,
    }
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def parse_sentence(line: str) -> EntitySentence:
    """The inverse of `sentence_to_json`. Raises `BadItem`."""
    try:
        value = as_object(parse_json(line), "a sentence")
    except BadItem:
        raise
    except ValueError as error:
        raise BadItem("line is not valid JSON", str(error)) from error
    identifier, words, entities = (value.get(key) for key in ("id", "words", "entities"))
    if not isinstance(identifier, str):
        raise BadItem("'id' must be a string", quoted(identifier))
    # `type(...) is` and not `isinstance`, for speed: this runs for every word of a large corpus.
    if type(words) is not list or not words or not all(type(word) is str for word in words):
        raise BadItem("'words' must be a list of strings", quoted(words))
    if not all(map(str.strip, words)):
        raise BadItem("a word is blank", quoted(words))
    if type(entities) is not list:
        raise BadItem("'entities' must be a list", quoted(entities))
    return EntitySentence(identifier, words, [_mention(item, len(words)) for item in entities])


def _mention(item: Any, num_words: int) -> EntityMention:
    if type(item) is not list or not 3 <= len(item) <= 4:
        raise BadItem("an entity is [first, beyond, type, identifier]", quoted(item))
    first, beyond, *names = item
    if type(first) is not int or type(beyond) is not int or not 0 <= first < beyond <= num_words:
        raise BadItem("an entity is outside the words", quoted(item))
    if not all(type(name) is str for name in names) or not names[0]:
        raise BadItem("type and identifier of an entity must be strings", quoted(item))
    return EntityMention(first, beyond, *names)


def _document(sentence: EntitySentence) -> Document:
    tokens: List[Span] = []
    start = 0
    for word in sentence.words:
        tokens.append((start, start + len(word)))
        start += len(word) + 1
    text = " ".join(sentence.words)
    mentions = [
        Mention(
            f"T{number}",
            *sentence.span(mention),
            mention.type,
            label_concepts(mention.identifier) if mention.identifier else (),
        )
        for number, mention in enumerate(sentence.mentions, 1)
    ]
    return Document(
        sentence.id,
        text,
        sentences=((0, len(text)),),
        tokens=tuple(tokens),
        mentions=tuple(mentions),
    )
