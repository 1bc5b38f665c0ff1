from bio_ie.data.corpora.concept_id_notation import ConceptIdNotation
from bio_ie.data.corpora.fact_arguments import WITHOUT_MENTION, FactArguments
from bio_ie.files.corpus_report import CorpusReport
from bio_ie.text.document import Fact, Mention

LONG = "tmVar:p|SUB|V|6|E;HGVS:p.V6E;CorrespondingGene:9001;RS#:900001"

arguments = FactArguments(
    ConceptIdNotation(),
    [
        Mention("T1", 0, 1, "Chemical", ("D1",)),
        Mention("T2", 0, 1, "Disease", ("D2", "D3")),
        Mention("T3", 0, 1, "Variant", (LONG,)),
    ],
)


def test_composite_argument_is_a_fact_for_each_of_its_concepts() -> None:
    for notation in ("D2|D3", "D2;D3", "D2,D3"):
        metadata = {"arguments": ["D1", notation]}
        assert arguments.facts("r", "D1", notation) == [
            Fact("r", "D1", "D2", metadata=metadata),
            Fact("r", "D1", "D3", metadata=metadata),
        ]


def test_single_ids_need_no_metadata() -> None:
    assert arguments.facts("r", "D1", "D2", 0.5, {"novel": "No"}) == [
        Fact("r", "D1", "D2", 0.5, {"novel": "No"})
    ]


def test_variant_gets_the_id_of_its_mention() -> None:
    assert arguments.concepts("RS#:900001;HGVS:p.V6E;CorrespondingGene:9001") == (LONG,)
    assert arguments.concepts("rs900001") == (LONG,)
    assert arguments.concepts("RS#:900002;HGVS:p.V7E") == ("RS#:900002;HGVS:p.V7E",)


def test_type_before_an_id_and_prefixes_are_removed() -> None:
    assert arguments.concepts("Chemical|D1") == ("D1",)
    assert arguments.concepts("UMLS:C1") == ("C1",)
    assert arguments.concepts(f"Variant|{LONG}") == (LONG,)


def test_argument_without_a_concept_is_kept() -> None:
    assert arguments.concepts("-") == ("-",)


def test_facts_that_meet_no_mention_are_noted() -> None:
    report = CorpusReport()
    facts = arguments.facts("r", "D1", "D2|D9") + arguments.facts("r", "D1", "D3")
    arguments.note_unknown(facts, report)
    assert report.noted == {WITHOUT_MENTION: 1}
