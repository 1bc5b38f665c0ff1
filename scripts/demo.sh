#!/usr/bin/env bash
# Shows the main use of the package with little data: trains the joint model, scores it on sentences
# that it has not seen, predicts abstracts, and writes pages to look at. `make demo` runs this.
set -euo pipefail
cd "$(dirname "$0")/.."

out="runs/demo"
bio_ie=(.venv/bin/python -m bio_ie)
export ALLENNLP_LOG_LEVEL="${ALLENNLP_LOG_LEVEL:-WARNING}"

step() { printf '\n== %s\n' "$1"; }

step "Training on fixtures/demo/train.jsonl (quickstart.jsonnet)"
mkdir -p runs
"${bio_ie[@]}" train training_config/quickstart.jsonnet -s "$out" --force >"runs/demo.log"

step "Scoring on fixtures/demo/test.jsonl: other drugs, other effects, other sentences"
"${bio_ie[@]}" predict "$out/model.tar.gz" fixtures/demo/test.jsonl \
    --from jsonl --output "$out/test.predicted.jsonl"
"${bio_ie[@]}" score "$out/test.predicted.jsonl" fixtures/demo/test.jsonl \
    --output "$out/test.scores.json"

step "Predicting the abstracts of fixtures/demo/abstracts.jsonl"
"${bio_ie[@]}" predict "$out/model.tar.gz" fixtures/demo/abstracts.jsonl \
    --from jsonl --output "$out/abstracts.predicted.jsonl"

step "Writing pages to look at"
"${bio_ie[@]}" render "$out/abstracts.predicted.jsonl" --output "$out/abstracts.html"
"${bio_ie[@]}" render "$out/test.predicted.jsonl" --gold fixtures/demo/test.jsonl \
    --output "$out/test.html"

cat <<EOT

Done. Everything is in $out:
  model.tar.gz               the trained archive; it predicts on any machine, without a network
  test.scores.json           scores on the held-out sentences (above)
  abstracts.predicted.jsonl  the abstracts with predicted mentions and relations
  abstracts.html             the same to look at: open it in a browser
  test.html                  held-out sentences: what was right, wrong and missed

Next (after: source .venv/bin/activate):
  echo '{"text": "Two patients developed hepatitis while taking isoniazid."}' > mine.jsonl
  bio-ie predict $out/model.tar.gz mine.jsonl
  bio-ie predict $out/model.tar.gz abstracts.txt --from text --to pubtator --output out.PubTator
  cp training_config/quickstart.jsonnet training_config/mine.jsonnet   # change it, then
  bio-ie train training_config/mine.jsonnet -s runs/mine
EOT
