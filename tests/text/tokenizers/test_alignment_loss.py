"""Counts what tokenisation loses of the mentions of real corpora."""

from pathlib import Path

import pytest

from bio_ie.data.corpora import CorpusFormat
from bio_ie.text.tokenizers import ScispacyRulesTokenizer, align_tokens


@pytest.mark.parametrize(
    "name, file",
    [
        ("pubtator", "bc5cdr/CDR_TrainingSet.PubTator.txt.gz"),
        ("biorelex", "biorelex/1.0alpha7.train.json"),
        ("ade", "ade/DRUG-AE.rel"),
    ],
)
def test_split_tokens_lose_no_mention(corpus_folder: Path, name: str, file: str) -> None:
    tokenizer = ScispacyRulesTokenizer()
    mentions = inside_token = changed = lost = widened = padded = 0
    for document in CorpusFormat.by_name(name)().read(corpus_folder / file):
        tokens = tokenizer.token_spans(document.text)
        spans = [mention.span for mention in document.mentions]
        split = align_tokens(document.text, tokens, spans, "split")
        mentions += len(spans)
        inside_token += split.inside_token
        changed += split.changed
        lost += split.lost
        widened += align_tokens(document.text, tokens, spans, "expand").changed
        padded += sum(document.text[s:e].strip() != document.text[s:e] for s, e in spans)
    print(
        f"{name}: {mentions:,} mentions, {inside_token:,} end inside a token; "
        f'"split" changes {changed} and loses {lost}, "expand" changes {widened:,}'
    )
    assert lost == 0
    # No token has white space, so an annotation with white space at its edge could not match.
    assert changed == padded == 0
    assert 0 < inside_token <= widened
