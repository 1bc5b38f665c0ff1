"""Compares the documentation with the code: examples, names, parameters, defaults, links."""

import inspect
import json
import re
import shlex
import sys
from dataclasses import fields
from pathlib import Path
from typing import Any, Dict, Iterator, List, Tuple

import _jsonnet
import pytest
from allennlp.commands import parse_args
from allennlp.common import Lazy
from allennlp.common.from_params import infer_params
from allennlp.data import DatasetReader, TokenIndexer, Tokenizer
from allennlp.data.samplers import BatchSampler
from allennlp.models import Model
from allennlp.modules import Seq2SeqEncoder, TokenEmbedder
from allennlp.modules.span_extractors import SpanExtractor
from allennlp.nn import Activation
from allennlp.training import Checkpointer, TrainerCallback
from allennlp.training.optimizers import Optimizer

import bio_ie  # noqa: F401 - it registers what the documentation names
from bio_ie.annotation.pipeline import check_pipeline
from bio_ie.annotation.steps import AnnotationStep
from bio_ie.commands import embed_concepts
from bio_ie.data.corpora import CorpusFormat
from bio_ie.encoders import Lora
from bio_ie.files.config_imports import import_config
from bio_ie.knowledge import KnowledgeBase
from bio_ie.knowledge.background_graph import BackgroundKnowledgeBase
from bio_ie.knowledge.candidate_generators import CandidateGenerator
from bio_ie.knowledge.knowledge_base_file import TABLES
from bio_ie.knowledge.sources import KnowledgeSource
from bio_ie.models.multitask_entity_linker.tasks import CandidateRescoring, LinkingTask
from bio_ie.models.relvm.representation import LatentDecoder
from bio_ie.models.snerl.mention_linker import MentionLinker
from bio_ie.modules.background_knowledge import BackgroundKnowledge
from bio_ie.modules.concept_embedders import ConceptEmbedder
from bio_ie.modules.graph_encoders import GraphEncoder
from bio_ie.modules.knowledge_fusions import KnowledgeFusion
from bio_ie.modules.pair_scorers import PairScorer
from bio_ie.modules.poolings import Pooling
from bio_ie.modules.schedules import Schedule
from bio_ie.modules.tagging import TagDecoder
from bio_ie.predictors.document_input import document_from_input
from bio_ie.text.document import Document, Fact, Mention, Passage, Relation
from bio_ie.text.tokenizers import SpanSentenceSplitter

CHECKOUT = Path(__file__).resolve().parent.parent
README = CHECKOUT / "README.md"
DATA = CHECKOUT / "docs/data.md"
KNOWLEDGE = CHECKOUT / "docs/knowledge.md"
CONFIGS = CHECKOUT / "docs/configs"
MODELS = CHECKOUT / "docs/models"
RESULTS = CHECKOUT / "docs/results"
ANNOTATE = CHECKOUT / "docs/annotate.md"
CONFIG_PAGES = [*sorted(CONFIGS.glob("*.md")), ANNOTATE]
SYSTEM_PAGES = sorted(MODELS.glob("*.md"))
PAGES = [
    *sorted(CHECKOUT.glob("*.md")),
    CHECKOUT / "fixtures/README.md",
    *sorted((CHECKOUT / "docs").rglob("*.md")),
]
WITH_COMMANDS = [
    README, DATA, KNOWLEDGE, ANNOTATE, CONFIGS / "README.md", CONFIGS / "training.md",
    *SYSTEM_PAGES,
]  # fmt: skip
"""The pages that tell their readers what commands to run."""

BASES = [
    CorpusFormat, SpanSentenceSplitter, Tokenizer, DatasetReader, TokenIndexer, TokenEmbedder,
    Seq2SeqEncoder, Model, PairScorer, Pooling, SpanExtractor, GraphEncoder, KnowledgeFusion,
    ConceptEmbedder, Schedule, TagDecoder, Optimizer, TrainerCallback, Checkpointer, BatchSampler,
    AnnotationStep,
]  # fmt: skip
TABULATED = BASES[3:]
"""The parts whose parameters have a table in docs/configs/ or docs/annotate.md."""

UNREGISTERED = [
    BackgroundKnowledgeBase, BackgroundKnowledge, MentionLinker, LinkingTask, CandidateRescoring,
    LatentDecoder, Lora,
]  # fmt: skip
"""Parts of configs that have a table too, but no `type`."""

GIVEN = {"self", "vocab", "serialization_dir", "ddp_accelerator", "model_parameters"}
GIVEN_BY_MODEL = {
    PairScorer: {"head_dim", "tail_dim", "num_labels"},
    SpanExtractor: {"input_dim"},
    GraphEncoder: {"input_dim", "num_relations"},
    KnowledgeFusion: {"token_dim", "span_dim", "concept_dim"},
    TagDecoder: {"tag_scheme"},
    BackgroundKnowledge: {"token_dim", "span_dim", "text_field_embedder"},
    MentionLinker: {"token_dim", "mention_dim"},
    LatentDecoder: {"latent_dim", "embedding_dim"},
}
"""Constructor parameters that are not settings, because the framework or the model gives them."""


def page_name(page: Path) -> str:
    return str(page.relative_to(CHECKOUT))


def blocks(page: Path, language: str) -> List[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", page.read_text("utf-8"), re.M | re.S)


def examples(language: str) -> List[Any]:
    return [
        pytest.param(block, id=f"{page_name(page)}-{number}")
        for page in PAGES
        for number, block in enumerate(blocks(page, language), 1)
    ]


def jsonnet_file(block: str) -> str:
    """The file of a jsonnet example: the one that its first line names, or a file next to the
    configs of the joint model."""
    named = re.match(r"// (training_config/\S+\.jsonnet)$", block, re.M)
    return named[1] if named else "training_config/joint_ner_re/example.jsonnet"


def ours(base: Any) -> Iterator[Tuple[str, type]]:
    for name in base.list_available():
        class_ = base.by_name(name)
        if class_.__module__.startswith("bio_ie."):
            yield name, class_


def registered(bases: List[Any]) -> List[Any]:
    parts = [(base, name, class_) for base in bases for name, class_ in ours(base)]
    return [pytest.param(*part, id=f"{part[0].__name__}-{part[1]}") for part in parts]


def settings_of(class_: Any) -> Dict[str, inspect.Parameter]:
    if not inspect.isclass(class_):  # another constructor of a class
        return {}
    given = GIVEN.union(
        *(names for base, names in GIVEN_BY_MODEL.items() if issubclass(class_, base))
    )
    parameters = infer_params(class_)  # the parameters that are passed on to a base class too
    return {
        name: parameter
        for name, parameter in parameters.items()
        if name not in given and parameter.kind is parameter.POSITIONAL_OR_KEYWORD
    }


def table_rows(text: str) -> List[List[str]]:
    """The cells of every line of a table except headings and rules."""
    lines = text.splitlines()
    return [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line, following in zip(lines, [*lines[1:], ""], strict=True)
        if line.startswith("|") and not re.match(r"\|[-|]+$", line) and "|---" not in following
    ]


def section(page: Path, heading: str) -> str:
    """The text from a heading to the next one."""
    match = re.search(
        rf"^#+ {re.escape(heading)}\n(.*?)(?=^#+ |\Z)",
        re.sub(r"^```.*?^```$", "", page.read_text("utf-8"), flags=re.M | re.S),
        re.M | re.S,
    )
    assert match, f"{page_name(page)} has no section {heading!r}"
    return match[1]


def section_of_configs(heading: str) -> str:
    """The section of `CONFIG_PAGES` with a heading that only one of them may have."""
    line = re.compile(rf"^#+ {re.escape(heading)}$", re.M)
    pages = [page for page in CONFIG_PAGES if line.search(page.read_text("utf-8"))]
    assert len(pages) == 1, f"{heading!r} is a section of {[page_name(page) for page in pages]}"
    return section(pages[0], heading)


def code_words(text: str) -> List[str]:
    return re.findall(r"`([^`]+)`", text)


@pytest.mark.parametrize("block", examples("jsonl"))
def test_jsonl_examples_are_documents_inputs_or_failures(block):
    for line in block.splitlines():
        value = json.loads(line)
        if "schema_version" in value:
            document = Document.from_json(value)
            assert Document.from_json(document.to_json()) == document
        elif value.keys() != {"id", "error"}:
            assert document_from_input(value, "1").text


@pytest.mark.parametrize("block", examples("jsonnet"))
def test_jsonnet_examples_are_configs_with_known_parameters(block):
    file = str(CHECKOUT / jsonnet_file(block))
    text = _jsonnet.evaluate_snippet(file, block, import_callback=import_config)
    config = json.loads(text)
    if "steps" in config:
        check_pipeline(config)
        return
    assert config["train_data_path"]
    model = config["model"]
    parts = [(Model, model), (DatasetReader, config["dataset_reader"])]
    if "pair_scorer" in settings_of(Model.by_name(model["type"])):
        parts.append((PairScorer, model["pair_scorer"]))
    if "representation" in model:
        parts.append((Model, model["representation"]))
    for base, part in parts:
        class_ = base.by_name(part["type"])
        known = (
            settings_of(class_) if inspect.isclass(class_) else inspect.signature(class_).parameters
        )
        assert part.keys() - {"type"} <= known.keys()
    unregistered = [
        (BackgroundKnowledgeBase, config["dataset_reader"].get("background", {})),
        (BackgroundKnowledge, model.get("knowledge", {})),
        (MentionLinker, model.get("linker", {})),
        (LatentDecoder, model.get("decoder", {})),
        *((LinkingTask, task) for task in model.get("tasks", {}).values()),
    ]
    for class_, part in unregistered:
        assert part.keys() <= settings_of(class_).keys()


@pytest.mark.parametrize("page", PAGES, ids=page_name)
def test_commands_have_options_that_exist(page, monkeypatch):
    text = re.sub(r"\\\n\s*", "", page.read_text("utf-8"))  # commands of several lines
    lines = [line.strip() for line in text.splitlines()]
    commands = [line for line in lines if re.match(r"(bio-ie|allennlp) [a-z-]+ .*[-./]", line)]
    assert commands or page not in WITH_COMMANDS
    for command in commands:
        # A comment names another config.
        monkeypatch.setattr(sys, "argv", shlex.split(command, comments=True))
        parse_args("bio-ie")


@pytest.mark.parametrize("base, name, class_", registered(BASES))
def test_every_registered_part_is_named(base, name, class_):
    pages = [DATA, *CONFIG_PAGES]
    assert any(f"`{name}`" in page.read_text("utf-8") for page in pages)


def headings_and_classes() -> Iterator[Any]:
    for parameters in registered(TABULATED):
        base, name, class_ = parameters.values
        yield pytest.param(f"`{name}` ({base.__name__})", class_, id=parameters.id)
    for class_ in UNREGISTERED:
        yield pytest.param(f"`{class_.__name__}`", class_, id=class_.__name__)


@pytest.mark.parametrize("heading, class_", headings_and_classes())
def test_parameter_tables_are_those_of_the_constructors(heading, class_):
    text = section_of_configs(heading)
    documented: Dict[str, str] = {}
    for names, default, *_ in table_rows(text):
        documented.update((name, default.strip("`")) for name in code_words(names))
    expected = settings_of(class_)
    assert documented.keys() == expected.keys()
    for parameter in expected.values():
        default = parameter.default
        shown = documented[parameter.name]
        if default is parameter.empty:
            assert shown == "required", parameter.name
        elif isinstance(default, Lazy) or (default is None and shown != "null"):
            # The value that the part makes of the setting: a registered name.
            bases = (*BASES, Activation, CandidateGenerator)
            assert any(shown in base.list_available() for base in bases), shown
        else:
            value = json.loads(shown.replace("'", '"'))
            assert value == (list(default) if isinstance(default, tuple) else default), shown


def test_format_table_says_what_each_format_does():
    rows = {code_words(row[0])[0]: row for row in table_rows(section(DATA, "Formats"))}
    assert rows.keys() == {name for name, _ in ours(CorpusFormat)}
    for name, (_, _, writes, streams, options) in rows.items():
        class_ = CorpusFormat.by_name(name)
        assert writes.startswith("yes") is class_.writable, name
        assert (streams == "yes") is class_.streams, name
        if "](#" not in options:
            assert set(code_words(options)) == settings_of(class_).keys() - {"on_error"}, name


@pytest.mark.parametrize(
    "name, heading",
    [("k_fold", "Folds and held-out parts"), ("filtered", "Choosing documents and types")],
)
def test_options_of_wrappers_have_a_table(name, heading):
    rows = table_rows(section(DATA, heading))
    documented = {word for row in rows for word in code_words(row[0])}
    assert documented | {"format"} == settings_of(CorpusFormat.by_name(name)).keys()


def test_options_of_formats_with_facts_of_databases_have_a_table():
    rows = table_rows(section(DATA, "Facts of databases"))
    documented = {word for row in rows for word in code_words(row[0])}
    assert documented == settings_of(CorpusFormat.by_name("ctd")).keys()
    assert documented - {"relation_map"} == settings_of(CorpusFormat.by_name("hpo")).keys()


@pytest.mark.parametrize("base, name, class_", registered([KnowledgeSource]))
def test_source_tables_are_those_of_the_constructors(base, name, class_):
    rows = table_rows(section(KNOWLEDGE, f"`{name}`"))
    documented = {word for row in rows for word in code_words(row[0])}
    assert documented == settings_of(class_).keys() - {"path", "on_error"}


def test_table_of_the_file_has_every_column():
    rows = {code_words(row[0])[0]: row for row in table_rows(section(KNOWLEDGE, "The file"))}
    assert rows.keys() == TABLES.keys()
    for table, row in rows.items():
        columns = TABLES[table].partition("PRIMARY KEY (")[0].split(",")
        assert code_words(row[1]) == [column.split()[0] for column in columns if column.strip()]


def test_documented_methods_of_a_knowledge_base_exist():
    for row in table_rows(section(KNOWLEDGE, "From Python")):
        assert hasattr(KnowledgeBase, re.split(r"\W", code_words(row[0])[0])[0])


@pytest.mark.parametrize("class_", [Document, Passage, Mention, Relation, Fact])
def test_schema_tables_have_every_field(class_):
    tables = re.findall(r"(?:^\|.*\n)+", section(DATA, "Document"), re.M)
    (table,) = [table for table in tables if f"field of `{class_.__name__}`" in table]
    documented = {word for row in table_rows(table) for word in code_words(row[0])}
    assert documented - {"text"} == {field.name for field in fields(class_)} - {"text"}


SETTINGS = [
    ("joint_ner_re/base", "joint_ner_re", "Settings"),
    ("keci/base", "keci", "Settings"),
    ("snerl/base", "snerl", "Settings"),
    ("linking/base", "multitask_entity_linking", "Settings"),
    ("relvm/base", "relvm", "Settings of unsupervised training"),
    ("relvm/mention_relations", "relvm", "Settings of relations of mentions"),
    ("relvm/sentence_classifier", "relvm", "Settings of the sentence classifier"),
    ("relvm/pair_relations", "relvm", "Settings of relations of entities"),
]
"""Each base of `training_config/lib/`, the page of docs/configs/ and the heading of its table."""


def test_every_base_has_a_settings_table():
    bases = {
        str(path.relative_to(CHECKOUT / "training_config/lib").with_suffix(""))
        for path in CHECKOUT.glob("training_config/lib/*/*.libsonnet")
        if "  // Settings ---" in path.read_text("utf-8")
    }
    assert {name for name, _, _ in SETTINGS} == bases


@pytest.mark.parametrize("name, page, heading", SETTINGS)
def test_settings_table_is_that_of_the_base(name, page, heading):
    base = (CHECKOUT / f"training_config/lib/{name}.libsonnet").read_text("utf-8")
    settings = dict(re.findall(r"^  (\w+):: (.*?),(?:\s*//.*)?$", base, re.M))
    rows = table_rows(section(CONFIGS / f"{page}.md", heading))
    documented = {code_words(row[0])[0]: row[1].strip("`") for row in rows if len(row) == 4}
    assert documented.keys() == settings.keys()
    for name, default in documented.items():
        if default == "required":
            assert settings[name].startswith("error "), name
        else:
            assert default == settings[name], name


@pytest.mark.parametrize(
    "method, heading", [("distmult", "From relations"), ("description", "From definitions")]
)
def test_options_of_embed_concepts_have_a_table(method, heading):
    documented = {
        code_words(row[0])[0]: row[1].strip("`")
        for row in table_rows(section(KNOWLEDGE, heading))
        if row[0].startswith("`--")
    }
    expected = {
        f"--{name}": default for name, (_, default) in embed_concepts.OPTIONS[method].items()
    }
    assert documented == {
        name: "off" if default is False else str(default) for name, default in expected.items()
    }


@pytest.mark.parametrize("page", PAGES, ids=page_name)
def test_links_lead_somewhere(page):
    for link in re.findall(r"\]\(([^)\s]+)\)", page.read_text("utf-8")):
        if "://" in link:
            continue
        path, _, anchor = link.partition("#")
        target = page.parent / path if path else page
        assert target.exists(), link
        if anchor:
            assert anchor in anchors(target), link


def anchors(page: Path) -> List[str]:
    headings = re.findall(r"^#+ (.*)$", page.read_text("utf-8"), re.M)
    return [re.sub(r"[^\w -]", "", heading).lower().replace(" ", "-") for heading in headings]


@pytest.mark.parametrize("page", PAGES, ids=page_name)
def test_paths_exist(page):
    made_by_the_reader = {
        jsonnet_file(block) for page in PAGES for block in blocks(page, "jsonnet")
    }
    folders = "bio_ie|benchmarks|docs|fixtures|scripts|stubs|tests|training_config"
    pattern = rf"(?<![\w/.-])(?:{folders})/[\w./*-]*[\w/*]"
    for path in sorted(set(re.findall(pattern, page.read_text("utf-8"))) - made_by_the_reader):
        # Configs import ours by such names.
        in_package = re.sub("^bio_ie/", "training_config/", path)
        assert any(CHECKOUT.glob(path)) or any(CHECKOUT.glob(in_package)), path


def links_of(page: Path) -> List[Path]:
    links = re.findall(r"\]\(([^)\s#]+)[^)\s]*\)", page.read_text("utf-8"))
    return [(page.parent / link).resolve() for link in links if "://" not in link]


@pytest.mark.parametrize("page", SYSTEM_PAGES, ids=page_name)
def test_pages_of_a_system_and_of_its_results_link_each_other(page):
    results = RESULTS / page.name
    assert results in links_of(page)
    assert page in links_of(results)


def test_index_names_every_page():
    index = CHECKOUT / "docs/README.md"
    assert index in links_of(README)
    assert {index, *links_of(index)} >= set((CHECKOUT / "docs").rglob("*.md"))
