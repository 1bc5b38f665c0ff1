"""Recognises files that are not plain text but data in some format."""

import json
import re
from typing import List, Optional

_ANNOTATIONS = re.compile(r"\.(ann|a1|a2)(\.gz)?$")
_XML = re.compile(r"<(\?xml\b|!DOCTYPE\b|!--|[A-Za-z][\w:.-]*(\s+[\w:.-]+\s*=[^<>]*)?/?>)")
_ROOT = re.compile(
    r"(?:\s+|<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^>\[]*(?:\[.*?\]\s*)?>)*<([\w:.-]+)", re.S
)
_JSON = re.compile(r'\{\s*("[^"\n]*"\s*:|\}\s*$)|\[\s*[\[{]\s*["\]}\d\[{]')
_STRINGS = re.compile(r'\[\s*"')
_PUBTATOR = re.compile(r"[^|\s]+\|[ta]\|")
_FORMATS = {
    "article": "jats", "pmc-articleset": "jats", "OAI-PMH": "jats",
    "PubmedArticleSet": "pubmed_xml", "PubmedBookArticleSet": "pubmed_xml",
    "PubmedArticle": "pubmed_xml", "PubmedBookArticle": "pubmed_xml",
    "MedlineCitationSet": "pubmed_xml", "MedlineCitation": "pubmed_xml",
    "collection": "bioc_xml",
}  # fmt: skip
"""The formats that read XML, by the names of its root."""
_TAG = re.compile(r"(O|[BIESUL]-\S+)")


def other_content(name: str, text: str) -> Optional[str]:
    """What a file seems to be if it is not plain text: "XML" (with the format that reads it, if
    there is one), "JSON", "columns", "PubTator" or "an annotation file"; `None` for plain text.

    # Parameters

    name : `str`
        The name of the file.
    text : `str`
        The text of the file, or its beginning.
    """
    if _ANNOTATIONS.search(name):
        return "an annotation file"
    beginning = text.lstrip("\ufeff \t\r\n")
    if _XML.match(beginning):
        root = _ROOT.match(beginning)
        reader = format_of_xml(root[1].rpartition(":")[2]) if root else None
        return "XML" if reader is None else f"XML (format {reader!r})"
    if _JSON.match(beginning) or (_STRINGS.match(beginning) and _is_json(beginning)):
        return "JSON"
    if _PUBTATOR.match(beginning):
        return "PubTator"
    lines = [line for line in text.splitlines()[:200] if line.strip() and line[0] != "#"]
    return "columns" if _are_tagged(lines) or _are_columns(lines) else None


def format_of_xml(root: str) -> Optional[str]:
    """The name of the corpus format that reads XML with this root, if there is one."""
    return _FORMATS.get(root)


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def _are_tagged(lines: List[str]) -> bool:
    """Whether nearly all lines are a word and its tag (CoNLL)."""
    tagged = sum(len(line.split()) > 1 and bool(_TAG.fullmatch(line.split()[-1])) for line in lines)
    return tagged > 1 and tagged >= 0.9 * len(lines)


def _are_columns(lines: List[str]) -> bool:
    """Whether all lines have the same number of columns."""
    counts = {line.rstrip("\r\n").count("\t") for line in lines}
    return len(lines) > 2 and len(counts) == 1 and counts != {0}
