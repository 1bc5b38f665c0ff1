"""Recognises files that are not plain text but data in some format."""

import json
import re
from typing import List, Optional

_ANNOTATIONS = re.compile(r"\.(ann|a1|a2)(\.gz)?$")
_XML = re.compile(r"<(\?xml\b|!DOCTYPE\b|!--|[A-Za-z][\w:.-]*(\s+[\w:.-]+\s*=[^<>]*)?/?>)")
_JSON = re.compile(r'\{\s*("[^"\n]*"\s*:|\}\s*$)|\[\s*[\[{]\s*["\]}\d\[{]')
_STRINGS = re.compile(r'\[\s*"')
_PUBTATOR = re.compile(r"[^|\s]+\|[ta]\|")
_TAG = re.compile(r"(O|[BIESUL]-\S+)")


def other_content(name: str, text: str) -> Optional[str]:
    """What a file seems to be if it is not plain text: "XML", "JSON", "columns", "PubTator" or "an
    annotation file"; `None` for plain text.

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
        return "XML"
    if _JSON.match(beginning) or (_STRINGS.match(beginning) and _is_json(beginning)):
        return "JSON"
    if _PUBTATOR.match(beginning):
        return "PubTator"
    lines = [line for line in text.splitlines()[:200] if line.strip() and line[0] != "#"]
    return "columns" if _are_tagged(lines) or _are_columns(lines) else None


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
