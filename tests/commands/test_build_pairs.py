import json
from functools import partial

import pytest

from bio_ie.data.dataset_readers import RelationPairsReader
from bio_ie.data.pairs.entity_sentence import EntityMention, EntitySentence
from bio_ie.data.pairs.pair_sentences import sentence_to_json


@pytest.fixture
def run(run):
    return partial(run, "build-pairs")


@pytest.fixture
def sentences(tmp_path):
    """Ten chemicals, each with four diseases, in either order."""
    path = tmp_path / "sentences.jsonl"
    with open(path, "w") as file:
        for chemical in range(10):
            for disease in range(4):
                mentions = [
                    EntityMention(0, 1, "CHEMICAL", f"MESH:C{chemical:06}"),
                    EntityMention(1, 2, "DISEASE", f"MESH:D{disease:06}"),
                ]
                if disease % 2:
                    mentions = [
                        mention._replace(first=1 - mention.first, beyond=2 - mention.first)
                        for mention in mentions
                    ]
                file.write(sentence_to_json(EntitySentence("s", ["a", "b"], mentions)) + "\n")
    return path


@pytest.fixture
def related(tmp_path):
    path = tmp_path / "related.tsv"
    lines = [f"D{chemical % 4:06}\tC{chemical:06}\tcauses\n" for chemical in range(10)]
    path.write_text("".join(lines) + "C000000\tD000009\tcauses\nC000000\tD000001\ttreats\n")
    return path


def read(folder, **settings):
    """The pairs of each split by label."""
    result = {}
    for split in ("train", "validation", "test"):
        for instance in RelationPairsReader(**settings).read(str(folder / f"{split}.jsonl")):
            key = split, instance["label"].label
            result.setdefault(key, []).append(tuple(instance["metadata"]["entities"]))
    return result


def test_a_data_set_is_made_and_read(run, sentences, related, tmp_path):
    output = tmp_path / "pairs"
    status, out, _ = run(
        sentences, "--related", related, "--exclude-relations", "treats", "--output", output,
        "--max-contexts", 2,
    )  # fmt: skip
    assert status == 0
    found = read(output, max_contexts=2)
    sizes = {key: len(pairs) for key, pairs in found.items()}
    assert sizes == {
        ("train", "CHEMICAL-DISEASE"): 8, ("train", "NO-RELATION"): 23,
        ("validation", "CHEMICAL-DISEASE"): 1, ("validation", "NO-RELATION"): 3,
        ("test", "CHEMICAL-DISEASE"): 1, ("test", "NO-RELATION"): 3,
    }  # fmt: skip
    pairs = [pair for some in found.values() for pair in some]
    assert len(set(pairs)) == len(pairs) == 39
    assert all(chemical.startswith("MESH:C") for chemical, _ in pairs)
    assert ("MESH:C000000", "MESH:D000001") not in pairs
    assert "12 pairs in tables, 40 pairs in sentences" in out
    assert "train: 31 pairs: 23 NO-RELATION, 8 CHEMICAL-DISEASE" in out
    assert "1 pair with an excluded relation was left out" in out


def test_excluded_tables_and_other_shares(run, sentences, related, tmp_path):
    excluded = tmp_path / "excluded.tsv"
    excluded.write_text("C000003\tD000000\n")
    output = tmp_path / "pairs"
    status, _, _ = run(
        sentences, "--related", related, "--excluded", excluded, "--output", output,
        "--test-share", 0.2, "--unrelated-test-share", 0.5, "--validation-share", 0.1, "--seed", 3,
    )  # fmt: skip
    assert status == 0
    sizes = {key: len(pairs) for key, pairs in read(output).items()}
    assert sizes["test", "CHEMICAL-DISEASE"] == 2
    assert sizes["test", "NO-RELATION"] == 14
    assert sum(sizes.values()) == 39


def test_errors_leave_nothing(run, sentences, related, tmp_path):
    output = tmp_path / "pairs"
    other = tmp_path / "other.tsv"
    other.write_text("X:1\tX:2\n")
    status, _, err = run(sentences, "--related", other, "--output", output)
    assert status == 1
    assert "one of the two is missing" in err
    status, _, err = run(sentences, "--related", related, "--test-share", 0.95, "--output", output)
    assert status == 1
    assert "leave nothing for training" in err
    assert not output.exists()
    output.mkdir()
    (output / "mine").write_text(json.dumps("kept"))
    status, _, err = run(sentences, "--related", related, "--output", output)
    assert status == 1
    assert "is not an empty folder" in err
