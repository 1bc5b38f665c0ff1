"""Shows how the configs of this checkout differ from those of another revision.

`python scripts/compare_configs.py REVISION` evaluates every config of `training_config/` in the
revision and in this checkout, and prints the values that differ. The exit status is 1 if any value
differs.
"""

import argparse
import io
import json
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import Any, Dict, Iterator

import _jsonnet

CHECKOUT = Path(__file__).resolve().parent.parent


def evaluated(checkout: Path) -> Dict[str, Any]:
    """The value that each config of a checkout evaluates to, by the path of the config."""
    folder = checkout / "training_config"
    return {
        str(path.relative_to(folder)): json.loads(_jsonnet.evaluate_file(str(path)))
        for path in sorted(folder.rglob("*.jsonnet"))
    }


def at_revision(revision: str) -> Dict[str, Any]:
    command = ["git", "-C", str(CHECKOUT), "archive", revision, "training_config"]
    archive = subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout
    with tempfile.TemporaryDirectory() as folder:
        with tarfile.open(fileobj=io.BytesIO(archive)) as files:
            files.extractall(folder)
        return evaluated(Path(folder))


def differences(before: Any, after: Any, place: str = "") -> Iterator[str]:
    """One line for each value that is gone, new or changed."""
    if isinstance(before, dict) and isinstance(after, dict):
        for key in sorted(before.keys() | after.keys()):
            inner = f"{place}.{key}" if place else key
            if key not in after:
                yield f"- {inner}: {json.dumps(before[key])}"
            elif key not in before:
                yield f"+ {inner}: {json.dumps(after[key])}"
            else:
                yield from differences(before[key], after[key], inner)
    elif before != after:
        yield f"~ {place}: {json.dumps(before)} -> {json.dumps(after)}"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("revision", help="a commit, branch or tag of git")
    before, after = at_revision(parser.parse_args().revision), evaluated(CHECKOUT)
    num_different = 0
    for name in sorted(before.keys() | after.keys()):
        if name not in after or name not in before:
            lines = ["is gone" if name in before else "is new"]
        else:
            lines = list(differences(before[name], after[name]))
        if lines:
            num_different += 1
            print("\n  ".join([name, *lines]))
    print(f"{num_different} of {len(before.keys() | after.keys())} configs differ")
    return int(num_different > 0)


if __name__ == "__main__":
    sys.exit(main())
