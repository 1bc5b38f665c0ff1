import os
from pathlib import Path

import pytest
from hypothesis import settings

# Without a time limit, because the time of an example says nothing about its result.
settings.register_profile("bio_ie", deadline=None)
settings.load_profile("bio_ie")


@pytest.fixture(scope="session")
def corpus_folder() -> Path:
    """The folder of real corpora, named by `BIO_IE_DATA`; tests that need it skip without it."""
    folder = Path(os.environ.get("BIO_IE_DATA") or "data")
    if not folder.is_dir():
        pytest.skip(f"real corpora are absent: BIO_IE_DATA (or {folder}/) is no folder")
    return folder


@pytest.fixture(scope="session")
def fixtures_folder() -> Path:
    return Path(__file__).parent.parent / "fixtures"


@pytest.fixture(scope="session")
def toy_archive(tmp_path_factory: pytest.TempPathFactory, fixtures_folder: Path) -> Path:
    """An archive of the joint model at toy size. It finds some mentions and relations, right or
    wrong."""
    # Imported here and not above, because most tests do not need AllenNLP and start sooner without
    # it.
    from allennlp.commands.train import train_model
    from allennlp.common import Params

    import bio_ie  # noqa: F401 - registers what the config names

    folder = tmp_path_factory.mktemp("toy") / "run"
    train_model(Params.from_file(fixtures_folder / "models" / "joint_ner_re.jsonnet"), folder)
    return folder / "model.tar.gz"


@pytest.fixture(scope="session")
def toy_kb(tmp_path_factory: pytest.TempPathFactory, fixtures_folder: Path) -> Path:
    """A knowledge base of some of the drugs and effects that the demo sentences name."""
    from bio_ie.data.corpora import JsonlFormat
    from bio_ie.knowledge import write_knowledge_base
    from bio_ie.knowledge.statements import ConceptName, ConceptRelation, ConceptType

    names = {}  # in order, without duplicates
    for document in JsonlFormat().read(fixtures_folder / "demo" / "validation.jsonl"):
        for mention in document.mentions:
            names[document.text_of(mention).lower()] = mention.type
    statements = []
    for number, (name, type_) in enumerate(names.items()):
        if number % 5 == 0:
            continue
        for concept in [f"X:{number}", f"Y:{number}"][: 1 + number % 2]:
            statements += [ConceptName(concept, name), ConceptType(concept, type_)]
            statements += [ConceptRelation(concept, "near", f"X:{number + 1}")]
    path = tmp_path_factory.mktemp("kb") / "toy kb.sqlite"
    write_knowledge_base(path, {"toy": statements})
    return path


@pytest.fixture(scope="session")
def facts_kb(tmp_path_factory: pytest.TempPathFactory, fixtures_folder: Path) -> Path:
    """A knowledge base of the concepts of `corpora/facts`, and of others with names like theirs,
    with the index of its names."""
    from bio_ie.data.corpora import JsonlFormat
    from bio_ie.knowledge import KnowledgeBase, write_knowledge_base
    from bio_ie.knowledge.statements import ConceptName, ConceptType
    from bio_ie.knowledge.tfidf_index import build_tfidf_index

    names = {}
    for document in JsonlFormat().read(fixtures_folder / "corpora" / "facts" / "documents.jsonl"):
        for mention in document.mentions:
            for concept in mention.concept_ids:
                names[document.text_of(mention).lower()] = concept, mention.type
    statements = []
    for number, (name, (concept, type_)) in enumerate(sorted(names.items())):
        for id_, its_name in (
            (concept, name),
            (f"X:other{number}", f"{name} deficiency"),
            (f"X:further{number}", f"acute {name}"),
        ):
            statements += [ConceptName(id_, its_name), ConceptType(id_, type_)]
    path = tmp_path_factory.mktemp("kb") / "facts.sqlite"
    write_knowledge_base(path, {"toy": statements})
    build_tfidf_index(KnowledgeBase(str(path)))
    return path
