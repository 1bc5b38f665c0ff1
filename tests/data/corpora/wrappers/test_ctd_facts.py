import gzip

import pytest
from allennlp.common import Params
from allennlp.common.checks import ConfigurationError

from bio_ie.data.corpora import CorpusFormat, CtdFormat, PubtatorFormat
from bio_ie.files.corpus_error import CorpusError
from bio_ie.files.corpus_report import CorpusReport

CHEMICALS_DISEASES = [
    ("900001", "chem_disease_marker/mechanism", "MESH:D900101", "MESH:D900201"),
    ("900001", "chem_disease_marker/mechanism", "MESH:D900101", "OMIM:990003"),
    ("900001", "chem_disease_therapeutic", "MESH:D900101", "MESH:D900003"),
    ("900002", "chem_disease_marker/mechanism", "MESH:C900103", "MESH:D900203"),
    ("900002", "chem_disease_therapeutic", "MESH:C900103", "MESH:D900203"),
]
CHEMICALS_GENES = [
    ("900001", "chem_gene_affects^binding", "MESH:D900101", "990012(Tax:9606)"),
    ("900001", "chem_gene_increases^expression", "MESH:D900101", "990012(Tax:9606)"),
    ("900002", "chem_gene_decreases^response_to_substance", "MESH:C900103", "990020"),
    ("900002", "chem_gene_increases^folding", "MESH:C900103", "990020"),
]
GENES_DISEASES = [
    ("900001", "gene_disease_marker/mechanism", "990012(Tax:9606)", "MESH:D900003"),
]


@pytest.fixture
def folder(fixtures_folder):
    return fixtures_folder / "corpora" / "ctd"


def ctd(folder, *files, **options):
    return CtdFormat(PubtatorFormat(), [str(folder / file) for file in files], **options)


def facts(folder, *files, **options):
    documents = ctd(folder, *files, **options).read(folder / "abstracts.PubTator.txt")
    return sorted(
        (document.id, fact.type, fact.head, fact.tail)
        for document in documents
        for fact in document.facts
    )


@pytest.mark.parametrize(
    "file, expected",
    [
        ("chemicals_diseases.tsv", CHEMICALS_DISEASES),
        ("chem_gene_ixns.csv", CHEMICALS_GENES),
        ("genes_diseases.tsv", GENES_DISEASES),
    ],
)
def test_published_files_give_the_facts_of_each_paper(file, expected, folder):
    assert facts(folder, file) == expected


def test_several_files_are_one_table(folder):
    files = ["chemicals_diseases.tsv", "chem_gene_ixns.csv", "genes_diseases.tsv"]
    assert facts(folder, *files) == sorted(CHEMICALS_DISEASES + CHEMICALS_GENES + GENES_DISEASES)
    assert facts(folder, "*s_diseases.tsv") == sorted(CHEMICALS_DISEASES + GENES_DISEASES)


def test_pairs_alone_are_markers_or_mechanisms(folder):
    marker = "chem_disease_marker/mechanism"
    assert facts(folder, "pairs.tsv") == [
        ("900001", marker, "MESH:D900101", "OMIM:990003"),
        ("900002", marker, "MESH:C900103", "MESH:D900203"),
        ("900003", marker, "MESH:D900105", "MESH:D900204"),
    ]


def test_comma_and_tab_separated_files_are_read_alike_compressed_or_not(folder, tmp_path):
    lines = (folder / "chemicals_diseases.tsv").read_text().splitlines()
    rows = [
        line if line.startswith("# I") else ",".join(
            f'"{value}"' if "," in value else value for value in line.split("\t")
        )
        for line in lines
    ]  # fmt: skip
    path = tmp_path / "facts.csv.gz"
    path.write_bytes(gzip.compress("\r\n".join(rows).encode()))
    found = list(CtdFormat(PubtatorFormat(), str(path)).read(folder / "abstracts.PubTator.txt"))
    expected = list(ctd(folder, "chemicals_diseases.tsv").read(folder / "abstracts.PubTator.txt"))
    assert found == expected


def test_relation_map_renames_and_drops_relations_and_says_so(folder, caplog):
    options = {"relation_map": str(folder / "relation_map.txt")}
    assert facts(folder, "chem_gene_ixns.csv", **options) == [
        ("900001", "chem_gene_increases_expression", "MESH:D900101", "990012(Tax:9606)"),
        ("900002", "chem_gene_affects_response_to_substance", "MESH:C900103", "990020"),
    ]
    assert "1 curated fact left out: dropped by the relation map" in caplog.text
    assert "1 curated fact left out: not in the relation map" in caplog.text


def test_what_is_no_curated_fact_of_a_paper_is_counted(folder):
    report = CorpusReport()
    list(ctd(folder, "chemicals_diseases.tsv").read(folder / "abstracts.PubTator.txt", report))
    assert report.noted == {
        "rows left out: inferred, not curated": 1,
        "rows left out: no PubMed id": 1,
        "documents left out: no fact was curated from them": 2,
    }
    assert not report.lost
    assert (report.documents, report.facts) == (2, 5)


@pytest.mark.parametrize(
    "content, message",
    [
        ("", "no line above the rows names the columns"),
        ("D1\tD2\t7\n", "no line above the rows names the columns .*ChemicalID, DiseaseID, PubMed"),
        ("ChemicalID\tDiseaseID\tPubMedIDs\nD1\tD2\n", "x:2: wrong number of columns: 2 of 3"),
        ("ChemicalID\tDiseaseID\tPubMedIDs\nD1\t\t7\n", "x:2: a row without both ids"),
        ("ChemicalID\tDiseaseID\tPubMedIDs\nD1\tD2\tPMC7\n", "x:2: not a PubMed id: 'PMC7'"),
    ],
)
def test_broken_files_are_errors_that_name_the_line(content, message, folder, tmp_path):
    (tmp_path / "x").write_text(content)
    with pytest.raises(CorpusError, match=message):
        facts(folder, tmp_path / "x")


def test_bad_rows_are_counted_where_the_inner_format_skips(folder, tmp_path):
    content = "ChemicalID\tDiseaseID\tPubMedIDs\nD1\tD2\nD1\tD2\t900001\n"
    (tmp_path / "x").write_text(content)
    report = CorpusReport()
    corpus_format = CtdFormat(PubtatorFormat(on_error="skip"), str(tmp_path / "x"))
    (document,) = corpus_format.read(folder / "abstracts.PubTator.txt", report)
    assert len(document.facts) == 1
    assert report.lost == {"wrong number of columns": 1}


@pytest.mark.parametrize(
    "content, message",
    [
        ("a\tb\tc\n", "x:1: not a relation and a type"),
        ("a\tb\na\t\n", "x:2: a second line for the relation a"),
        ("\n", "x: the file has no relation"),
    ],
)
def test_broken_relation_maps_are_errors(content, message, folder, tmp_path):
    (tmp_path / "x").write_text(content)
    with pytest.raises(CorpusError, match=message):
        facts(folder, "pairs.tsv", relation_map=str(tmp_path / "x"))


def test_changed_relation_map_is_read_again(folder, tmp_path):
    file = tmp_path / "x"
    file.write_text("chem_disease_marker/mechanism\tfirst\n")
    options = {"relation_map": str(file)}
    assert {fact[1] for fact in facts(folder, "pairs.tsv", **options)} == {"first"}
    file.write_text("chem_disease_marker/mechanism\tthe second\n")
    assert {fact[1] for fact in facts(folder, "pairs.tsv", **options)} == {"the second"}


def test_format_is_built_from_a_config_and_opens_nothing_before_it_reads():
    params = {"type": "ctd", "format": "jsonl", "facts": "none", "relation_map": "none either"}
    corpus_format = CorpusFormat.from_params(Params(params))
    assert isinstance(corpus_format, CtdFormat)
    assert corpus_format.streams
    with pytest.raises(CorpusError, match="none: cannot be read"):
        list(corpus_format.read("nothing"))


@pytest.mark.parametrize(
    "options, message",
    [
        ({"filter": "best"}, "filter must be"),
        ({"filter": "full"}, "'full' needs a candidate_generator"),
        ({"facts": []}, "at least one file with facts"),
    ],
)
def test_wrong_settings_are_errors(options, message):
    with pytest.raises(ConfigurationError, match=message):
        CtdFormat(PubtatorFormat(), **{"facts": "x", **options})


def test_a_field_of_any_length_is_read(folder, tmp_path):
    papers = "|".join(["900001"] * 30000)  # more than Python's csv takes by default
    path = tmp_path / "facts.csv"
    path.write_text(
        "# Fields:\n# ChemicalName,ChemicalID,DiseaseName,DiseaseID,DirectEvidence,PubMedIDs\n"
        f"a,D900101,b,MESH:D900201,marker/mechanism,{papers}\n"
    )
    (found, *_) = CtdFormat(PubtatorFormat(), str(path)).read(folder / "abstracts.PubTator.txt")
    assert [(fact.head, fact.tail) for fact in found.facts] == [("MESH:D900101", "MESH:D900201")]


def test_a_row_that_is_no_csv_is_named_with_file_and_line(folder, tmp_path):
    path = tmp_path / "facts.csv"
    path.write_bytes(
        b"# ChemicalName,ChemicalID,DiseaseName,DiseaseID,DirectEvidence,PubMedIDs\n"
        b"a,D900101\rb,MESH:D900201,marker/mechanism,900001\n"
    )
    with pytest.raises(CorpusError, match=r"facts\.csv:2: not a row of comma-separated values"):
        list(CtdFormat(PubtatorFormat(), str(path)).read(folder / "abstracts.PubTator.txt"))
