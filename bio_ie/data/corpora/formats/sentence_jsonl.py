"""Tokenised sentences with concepts, one per line. MedMentions and other corpora are often
distributed in this form."""

from itertools import accumulate
from typing import Any, Dict, Iterator, List, Mapping, Optional, Tuple

from allennlp.common.checks import ConfigurationError

from bio_ie.data.corpora.concept_id_notation import DEFAULT_PREFIXES, ConceptIdNotation
from bio_ie.data.corpora.corpus_format import CorpusFormat
from bio_ie.files.bad_items import BadItem, as_object, member, skippable
from bio_ie.files.corpus_error import quoted
from bio_ie.files.source import Source
from bio_ie.files.strict_json import parse_json
from bio_ie.text.document import Document, Mention, Span


@CorpusFormat.register("sentence_jsonl")
class SentenceJsonlFormat(CorpusFormat):
    """Reads one sentence per line: `{"pmid": "1", "sent": 0, "tokens": [...], "mentions":
    [{"start", "end", "cui", "text"}]}`. Offsets count tokens, end exclusive. `cui` may hold several
    ids (`A|B`).

    Registered as a `CorpusFormat` with name "sentence_jsonl".

    Consecutive lines with the same `pmid` are the sentences of one document. Its text is the tokens
    joined by spaces, and it has `sentences` and `tokens`. If the `text` of a mention differs from
    its tokens by more than white space, it is kept in the mention's metadata. Other keys of a line
    are kept in the document's metadata, where `sentences` is a list with the other keys of each
    line.

    # Parameters

    mention_type : `str`, optional (default = `"Concept"`)
        The type of mentions without a `type`.
    group_by : `str`, optional (default = `"document"`)
        With `"document"`, the lines of a `pmid` are one document. With `"sentence"`, each line is a
        document with the id `PMID-SENT`.
    strip_prefixes : `Tuple[str, ...]`, optional (default = `("UMLS:",)`)
        Prefixes of ids that are removed.
    """

    def __init__(
        self,
        mention_type: str = "Concept",
        group_by: str = "document",
        strip_prefixes: Tuple[str, ...] = DEFAULT_PREFIXES,
        on_error: str = "raise",
    ) -> None:
        super().__init__(on_error)
        if group_by not in ("document", "sentence"):
            raise ConfigurationError(f"group_by must be 'document' or 'sentence', not {group_by!r}")
        self._mention_type = mention_type
        self._by_sentence = group_by == "sentence"
        self._notation = ConceptIdNotation(strip_prefixes)

    def _read(self, source: Source) -> Iterator[Document]:
        lines: List[Mapping[str, Any]] = []
        current: Optional[str] = None
        for line in source.lines(errors="surrogateescape"):
            if not line.strip():
                continue
            found = None
            with skippable(source, current):
                value = _parsed(line)
                document_id = _document_id(value, self._by_sentence)
                found = document_id, self._sentence(source, document_id, value)
            if found is None:
                continue
            if found[0] != current and lines:
                yield self._document(current or "", lines)
                lines = []
            current = found[0]
            lines.append(found[1])
        if lines:
            yield self._document(current or "", lines)

    def _sentence(
        self, source: Source, document_id: str, value: Mapping[str, Any]
    ) -> Dict[str, Any]:
        tokens = member(value, "tokens", list)
        if not tokens or not all(isinstance(token, str) and token.strip() for token in tokens):
            raise BadItem("tokens must be strings that are not blank", quoted(tokens))
        mentions = []
        for item in member(value, "mentions", list):
            with skippable(source, document_id):
                mentions.append(self._mention(as_object(item, "a mention"), tokens))
        return {"tokens": tokens, "mentions": mentions, "further": _further(value)}

    def _mention(self, value: Mapping[str, Any], tokens: List[str]) -> Mention:
        """A mention whose `start` and `end` count tokens instead of characters."""
        start, end = member(value, "start", int), member(value, "end", int)
        if not 0 <= start < end <= len(tokens):
            raise BadItem("mention is outside the tokens", f"{start}-{end} of {len(tokens)}")
        text = value.get("text")
        written = "".join(tokens[start:end])
        differs = isinstance(text, str) and "".join(text.split()) != "".join(written.split())
        type_ = member(value, "type", str) if "type" in value else self._mention_type
        ids = self._notation.split(member(value, "cui", str))
        return Mention("", start, end, type_, ids, metadata={"text": text} if differs else None)

    @staticmethod
    def _document(document_id: str, lines: List[Mapping[str, Any]]) -> Document:
        text = " ".join(token for line in lines for token in line["tokens"])
        lengths = (len(token) for line in lines for token in line["tokens"])
        ends = [end - 1 for end in accumulate(length + 1 for length in lengths)]
        tokens: List[Span] = []
        sentences: List[Span] = []
        mentions: List[Mention] = []
        for line in lines:
            first = len(tokens)
            for token in line["tokens"]:
                end = ends[len(tokens)]
                tokens.append((end - len(token), end))
            sentences.append((tokens[first][0], tokens[-1][1]))
            for mention in line["mentions"]:
                mentions.append(
                    Mention(
                        f"T{len(mentions) + 1}",
                        tokens[first + mention.start][0],
                        tokens[first + mention.end - 1][1],
                        mention.type,
                        mention.concept_ids,
                        metadata=mention.metadata,
                    )
                )
        further = [line["further"] for line in lines]
        metadata = {"sentences": further} if any(further) else {}
        return Document(
            document_id,
            text,
            sentences=tuple(sentences),
            tokens=tuple(tokens),
            mentions=tuple(mentions),
            metadata=metadata,
        )


def _parsed(line: str) -> Mapping[str, Any]:
    try:
        return as_object(parse_json(line), "a sentence")
    except BadItem:
        raise
    except ValueError as error:
        raise BadItem("line is not valid JSON", str(error)) from error


def _document_id(value: Mapping[str, Any], by_sentence: bool) -> str:
    pmid = value.get("pmid")
    if isinstance(pmid, bool) or not isinstance(pmid, (str, int)):
        raise BadItem("'pmid' must be a string or a whole number", quoted(pmid))
    return f"{pmid}-{value.get('sent', 0)}" if by_sentence else str(pmid)


def _further(value: Mapping[str, Any]) -> Dict[str, Any]:
    known = {"pmid", "sent", "tokens", "mentions"}
    return {key: part for key, part in value.items() if key not in known}
