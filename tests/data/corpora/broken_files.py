"""Broken input for the parsers, and a check of what they must do with it."""

import json
import tempfile
from pathlib import Path
from typing import Any, Dict, List

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from bio_ie.data.corpora import CorpusFormat
from bio_ie.files.corpus_error import CorpusError
from bio_ie.text.document import Document

steady = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
"""Time limits of single examples fail on a busy machine and say nothing about a parser."""

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-3, 99)
    | st.floats(allow_nan=False)
    | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=5,
)


@st.composite
def mutated_bytes(draw: st.DrawFn, valid: bytes) -> bytes:
    """A file in which noise or other stretches of the file replace a few stretches."""
    content = valid
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(content)))
        end = min(len(content), start + draw(st.integers(0, 12)))
        source = draw(st.integers(0, len(valid)))
        patch = draw(
            st.binary(max_size=4)
            | st.sampled_from(
                [b"\n", b"\r", b"|", b"\t", b'"', b"-1", b"99999", b"\xff", b"9" * 5000]
            )
            | st.just(valid[source : source + draw(st.integers(0, 30))])
        )
        content = content[:start] + patch + content[end:]
    return content


def broken_files(valid: bytes) -> st.SearchStrategy[bytes]:
    return (
        st.binary(max_size=200)
        | st.text(max_size=200).map(lambda text: text.encode("utf-8"))
        | mutated_bytes(valid)
    )


@st.composite
def broken_json(draw: st.DrawFn, valid: Any) -> bytes:
    """A JSON file in which one value is removed, repeated or of another kind."""
    value = json.loads(json.dumps(valid))
    place = value
    while True:
        keys: List[Any] = list(place) if isinstance(place, dict) else list(range(len(place)))
        if not keys:
            break
        key = draw(st.sampled_from(keys))
        if isinstance(place[key], (dict, list)) and place[key] and draw(st.integers(0, 4)):
            place = place[key]
            continue
        action = draw(st.sampled_from(["replace", "remove", "repeat"]))
        if action == "remove":
            del place[key]
        elif action == "repeat" and isinstance(place, list):
            place.append(place[key])
        else:
            place[key] = draw(JSON)
        break
    return json.dumps(value).encode("utf-8")


def check_only_corpus_errors(corpus_format: Dict[str, Any], files: Dict[str, bytes]) -> None:
    """Reads the first of `files` in both modes. Checks that the documents are equal after writing
    and reading their JSON form, or that the error is a `CorpusError`."""
    with tempfile.TemporaryDirectory() as folder:
        for name, content in files.items():
            (Path(folder) / name).parent.mkdir(exist_ok=True)
            (Path(folder) / name).write_bytes(content)
        path = Path(folder) / next(iter(files))
        for mode in ("raise", "skip"):
            reader = CorpusFormat.by_name(corpus_format["type"])(
                **{key: value for key, value in corpus_format.items() if key != "type"},
                on_error=mode,
            )
            error = None
            try:
                for document in reader.read(path):
                    text = json.dumps(document.to_json(), ensure_ascii=False).encode("utf-8")
                    assert Document.from_json(json.loads(text)) == document
            except CorpusError as raised:
                error = raised
            assert error is None or folder in str(error)
