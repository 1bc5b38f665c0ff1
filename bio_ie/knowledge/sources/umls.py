"""The Metathesaurus and the Semantic Network of the UMLS, in Rich Release Format."""

from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Dict, Iterator, List, Optional, Sequence, Set

from bio_ie.files.corpus_error import CorpusError, quoted
from bio_ie.files.source import Source
from bio_ie.knowledge.concept_ids import normalize_id
from bio_ie.knowledge.sources.knowledge_source import RELATIONS, KnowledgeSource, SourceReport
from bio_ie.knowledge.sources.umls_network import read_network
from bio_ie.knowledge.statements import (
    AlternateId,
    ConceptName,
    ConceptRelation,
    ConceptType,
    Definition,
    InverseRelation,
    Statement,
    TypeName,
)
from bio_ie.text.counted import Phrase

COLUMNS = {
    "MRCONSO": "CUI LAT TS LUI STT SUI ISPREF AUI SAUI SCUI SDUI SAB TTY CODE STR SRL SUPPRESS CVF",
    "MRDEF": "CUI AUI ATUI SATUI SAB DEF SUPPRESS CVF",
    "MRSTY": "CUI TUI STN STY ATUI CVF",
    "MRREL": "CUI1 AUI1 STYPE1 REL CUI2 AUI2 STYPE2 RELA RUI SRUI SAB SL RG DIR SUPPRESS CVF",
    "MRDOC": "DOCKEY VALUE TYPE EXPL",
    "SRDEF": "RT UI NAME STN DEF EX UN NH ABR RIN",
    "SRSTRE1": "UI1 RL UI2",
}
"""The columns of the files that are read. Each field ends with a bar, also the last one."""

INVERSE_RELS = (
    ("AQ", "QB"), ("CHD", "PAR"), ("RB", "RN"), ("RL", "RL"), ("RO", "RO"), ("RQ", "RQ"),
    ("RU", "RU"), ("SIB", "SIB"), ("SY", "SY"), ("XR", "XR"),
)  # fmt: skip
"""The inverses of the values of REL, for folders without MRDOC. MRDOC has these inverses and those
of RELA."""

MAIN_TERMS = ("MH", "NM")
"""The term types of MeSH that name the record with the code itself. The other terms of a record
(entry terms) are spread over several concepts of UMLS."""

_NAME_ROWS = Phrase("rows of names", one="row of names")
_DISTINCT_NAMES = Phrase("distinct names", one="distinct name")
_DEFINITIONS = Phrase("definitions", one="definition")


@KnowledgeSource.register("umls")
class UmlsSource(KnowledgeSource):
    """Reads a folder of UMLS: `MRCONSO.RRF`, and those of the files `MRDEF`, `MRSTY`, `MRREL`,
    `MRDOC` (inverse relations), and `SRDEF` and `SRSTRE1` (Semantic Network) that exist. A file may
    be gzipped (`MRCONSO.RRF.gz`). The folder is `META`, or the folder that contains `META` and
    `NET`.

    The ids of concepts are bare CUIs, and the ids of semantic types are TUIs. The codes of other
    vocabularies become alternate ids (`MESH:D012640`; a code of MeSH only with its main heading).
    The preferred name of a concept is the one with `TS=P`, `STT=PF` and `ISPREF=Y`, unless the
    filters exclude it.

    According to the documentation of its columns (UMLS Reference Manual, 3.3.9), a row of `MRREL`
    gives the relationship that the *second* concept or atom has to the *first*: `REL` is the
    "relationship of second concept or atom to first concept or atom", and `RELA` is a more specific
    label. So `C1|..|PAR|C2|..|inverse_isa|` means "C2 is a parent of C1" and "C2 inverse_isa C1",
    and becomes the relation `(C2, inverse_isa, C1)`. Its head is CUI2 and its tail is CUI1. Its
    type is `RELA`, or `REL` if there is no `RELA`.

    Rows are read one by one. CUIs are kept in memory only if there is a filter by semantic types.

    Registered as a `KnowledgeSource` with name "umls".

    # Parameters

    path : `str`
    languages : `List[str]`, optional (default = `["ENG"]`)
        The languages of names (`LAT`). Names in an earlier language come first. Only definitions
        of vocabularies with names in these languages are read.
    vocabularies : `List[str]`, optional (default = all)
        The vocabularies of names, definitions and relations (`SAB`). Concepts without a name in
        them are left out.
    semantic_types : `List[str]`, optional (default = all)
        TUIs or names of semantic types. Concepts without any of them are left out.
    suppressed : `bool`, optional (default = `False`)
        Whether to read rows whose `SUPPRESS` is not `N`, which are obsolete or suppressible
        content.
    on_error : `str`, optional (default = `"raise"`)
    """

    def __init__(
        self,
        path: str,
        languages: Sequence[str] = ("ENG",),
        vocabularies: Optional[Sequence[str]] = None,
        semantic_types: Optional[Sequence[str]] = None,
        suppressed: bool = False,
        on_error: str = "raise",
    ) -> None:
        super().__init__(path, on_error)
        self.languages = {language: place for place, language in enumerate(languages)}
        self.vocabularies = None if vocabularies is None else frozenset(vocabularies)
        self.semantic_types = None if semantic_types is None else frozenset(semantic_types)
        self.suppressed = suppressed

    def read(self, report: SourceReport) -> Iterator[Statement]:
        kept = None if self.semantic_types is None else self._concepts_of_types(report)
        named_by: Set[str] = set()
        yield from self._names(kept, named_by, report)
        for row in self._rows("MRDEF", report):
            if row["SAB"] in named_by and self._is_current(row):
                report.read[_DEFINITIONS] += 1
                if kept is None or row["CUI"] in kept:
                    yield Definition(row["CUI"], row["DEF"])
        named: Set[str] = set()
        for row in self._rows("MRSTY", report):
            if row["TUI"] not in named:
                named.add(row["TUI"])
                yield TypeName(row["TUI"], row["STY"])
            if kept is None or row["CUI"] in kept:
                yield ConceptType(row["CUI"], row["TUI"])
        yield from self._relations(kept, report)
        yield from read_network(self._rows("SRDEF", report), self._rows("SRSTRE1", report))

    def _names(
        self, kept: Optional[Set[str]], named_by: Set[str], report: SourceReport
    ) -> Iterator[Statement]:
        rows = self._rows("MRCONSO", report, is_needed=True)
        for cui, group in groupby(rows, itemgetter("CUI")):
            if kept is not None and cui not in kept:
                continue
            names: Dict[str, int] = {}
            codes: Dict[str, None] = {}
            for row in group:
                report.read[_NAME_ROWS] += 1
                vocabulary = row["SAB"]
                if row["LAT"] not in self.languages or not self._is_wanted(row):
                    continue
                named_by.add(vocabulary)
                rank = self._rank(row)
                names[row["STR"]] = min(rank, names.get(row["STR"], rank))
                if row["CODE"] != "NOCODE" and (vocabulary != "MSH" or row["TTY"] in MAIN_TERMS):
                    code = row["CODE"]
                    codes[code if ":" in code else f"{vocabulary}:{code}"] = None
            for name, rank in names.items():
                yield ConceptName(cui, name, rank)
            report.read[_DISTINCT_NAMES] += len(names)
            for code in codes:
                yield AlternateId(cui, normalize_id(code))

    def _rank(self, row: Dict[str, str]) -> int:
        """The rank of a name, which is 0 for the preferred name of a concept."""
        place = self.languages[row["LAT"]]
        flags = row["TS"] != "P", row["STT"] != "PF", row["ISPREF"] != "Y"
        return 8 * place + 4 * flags[0] + 2 * flags[1] + flags[2]

    def _relations(self, kept: Optional[Set[str]], report: SourceReport) -> Iterator[Statement]:
        for row in self._rows("MRREL", report):
            head, tail = row["CUI2"], row["CUI1"]
            # Rows with the same concept twice relate atoms of this concept.
            if head == tail or not self._is_wanted(row):
                continue
            if kept is None or (head in kept and tail in kept):
                report.read[RELATIONS] += 1
                yield ConceptRelation(head, row["RELA"] or row["REL"], tail)
        for type_, inverse in INVERSE_RELS:
            yield InverseRelation(type_, inverse)
        for row in self._rows("MRDOC", report):
            if row["TYPE"] in ("rel_inverse", "rela_inverse") and row["VALUE"] and row["EXPL"]:
                yield InverseRelation(row["VALUE"], row["EXPL"])

    def _concepts_of_types(self, report: SourceReport) -> Set[str]:
        wanted = self.semantic_types or frozenset()
        known: Set[str] = set()
        kept: Set[str] = set()
        for row in self._rows("MRSTY", report, is_needed=True):
            found = wanted.intersection((row["TUI"], row["STY"]))
            known.update(found)
            if found:
                kept.add(row["CUI"])
        if wanted - known:
            missing = ", ".join(sorted(wanted - known))
            raise CorpusError(f"no concept has the semantic type {missing}", self.path)
        return kept

    def _is_current(self, row: Dict[str, str]) -> bool:
        return self.suppressed or row["SUPPRESS"] == "N"

    def _is_wanted(self, row: Dict[str, str]) -> bool:
        in_vocabularies = self.vocabularies is None or row["SAB"] in self.vocabularies
        return in_vocabularies and self._is_current(row)

    def _rows(
        self, name: str, report: SourceReport, is_needed: bool = False
    ) -> Iterator[Dict[str, str]]:
        file = self._find(f"{name}.RRF") if name.startswith("MR") else self._find(name)
        if file is None:
            if is_needed:
                raise CorpusError(f"there is no {name}.RRF in this folder", self.path)
            return
        source = self._source(str(file), report)
        columns = COLUMNS[name].split()
        for line in source.lines():
            values = line.split("|")
            if len(values) == len(columns) + 1 and not values[-1]:
                yield dict(zip(columns, values, strict=False))
            elif line:
                self._bad_row(source, values, columns)

    def _bad_row(self, source: Source, values: List[str], columns: List[str]) -> None:
        detail = f"{len(values) - 1} of {len(columns)} in {quoted('|'.join(values))}"
        source.problem("wrong number of fields", detail)

    def _find(self, name: str) -> Optional[Path]:
        folder = Path(self.path)
        for place in (folder, folder / "META", folder / "NET", folder.parent / "NET"):
            for file in (place / name, place / f"{name}.gz"):
                if file.is_file():
                    return file
        return None
