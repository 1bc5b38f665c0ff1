import re

import pytest
import torch

from benchmarks import encoder_forms
from benchmarks.encoder_forms import FORMS, main


def test_forms_are_a_table_with_f1_and_speed(toy_archive, monkeypatch, capsys):
    # A compiler may be missing, and needs a minute.
    few = {name: form for name, form in FORMS.items() if "compile" not in name}
    assert 0 < len(few) < len(FORMS)
    monkeypatch.setattr(encoder_forms, "FORMS", few)
    threads = torch.get_num_threads()
    main([str(toy_archive), "--rounds", "2", "--documents", "3", "--threads", str(threads)])
    head, _, *rows = capsys.readouterr().out.splitlines()[-2 - len(few) :]
    assert head.startswith("| form | entity F1 |")
    assert [row.split(" | ")[0] for row in rows] == [f"| {name}" for name in few]
    for row in rows:
        assert re.fullmatch(r"\| .* \| \d+\.\d\d \| \d+\.\d\d( \| [\d.]+){3} \|", row)
    assert rows[0].split(" | ")[4] == "1.00"


def test_document_that_fails_is_an_error(toy_archive, monkeypatch):
    def broken(embedder):
        embedder.encoder = torch.nn.Identity()

    monkeypatch.setattr(encoder_forms, "FORMS", {"broken": broken})
    with pytest.raises(RuntimeError):
        main([str(toy_archive), "--documents", "2", "--threads", "1"])
