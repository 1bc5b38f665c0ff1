"""Parses a rendered page as a browser without scripts would, as far as the tests need it."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Dict, Iterator, List, Optional, Tuple

VOID = {"meta", "input"}


@dataclass
class Element:
    tag: str
    attributes: Dict[str, str]
    parent: Optional["Element"] = None
    children: List["Element | str"] = field(default_factory=list)

    @property
    def classes(self) -> List[str]:
        return self.attributes.get("class", "").split()

    @property
    def text(self) -> str:
        return "".join(c if isinstance(c, str) else c.text for c in self.children)

    def walk(self) -> Iterator["Element"]:
        for child in self.children:
            if isinstance(child, Element):
                yield child
                yield from child.walk()

    def all(self, tag: str, *classes: str) -> List["Element"]:
        return [e for e in self.walk() if e.tag == tag and set(classes) <= set(e.classes)]

    def one(self, tag: str, *classes: str) -> "Element":
        (element,) = self.all(tag, *classes)
        return element


class _Parser(HTMLParser):
    """A parser that raises for what a browser would silently repair: a tag that is closed out of
    order or not at all."""

    def __init__(self) -> None:
        super().__init__()
        self.open = Element("#page", {})

    def handle_starttag(self, tag: str, attrs: List[Tuple[str, Optional[str]]]) -> None:
        names = [name for name, _ in attrs]
        assert len(names) == len(set(names)), f"an attribute of {tag} is given twice"
        element = Element(tag, {name: value or "" for name, value in attrs}, self.open)
        self.open.children.append(element)
        if tag not in VOID:
            self.open = element

    def handle_endtag(self, tag: str) -> None:
        assert tag == self.open.tag, f"</{tag}> closes <{self.open.tag}>"
        assert self.open.parent is not None
        self.open = self.open.parent

    def handle_data(self, data: str) -> None:
        self.open.children.append(data)


def parse(page: str) -> Element:
    parser = _Parser()
    parser.feed(page)
    parser.close()
    assert parser.open.tag == "#page", f"<{parser.open.tag}> is never closed"
    return parser.open


def pieces(scope: Element, mention: int) -> List[Element]:
    """The `mark` elements of one mention of a document, in text order, gaps included."""
    return [mark for mark in scope.all("mark") if mark.attributes["data-i"] == str(mention)]


def marked_text(scope: Element, mention: int) -> List[str]:
    return [mark.text for mark in pieces(scope, mention) if "gap" not in mark.classes]
