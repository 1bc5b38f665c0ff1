import os
import subprocess
import sys
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]


def test_the_table_has_what_all_modules_register() -> None:
    """If this fails, run `make parts`."""
    result = subprocess.run(
        [sys.executable, "scripts/list_parts.py", "--print"],
        cwd=CHECKOUT,
        env={**os.environ, "PYTHONPATH": str(CHECKOUT), "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    table = (CHECKOUT / "bio_ie" / "startup" / "parts.py").read_text("utf-8")
    assert result.stdout == table, "the table of parts is out of date: run make parts"
