#!/usr/bin/env bash
# Installs bio_ie into a new virtual environment in a temporary folder, with exactly the lines that
# README.md has between its pip-install markers, and checks that bio_ie starts there.
set -euo pipefail
cd "$(dirname "$0")/.."

lines="$(sed -n '/<!-- pip-install -->/,/<!-- \/pip-install -->/p' README.md \
    | grep '^ *pip install')" || { echo "README.md has no pip-install lines" >&2; exit 1; }
echo "$lines"

python="$(bash scripts/find_python.sh)"
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
"$python" -m venv "$folder/venv"
# shellcheck disable=SC1091
source "$folder/venv/bin/activate"
export PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_QUIET=1
while read -r line; do
    eval "$line" </dev/null
done <<<"$lines"

cd "$folder"  # away from the checkout, so that Python imports the installed package
python -c 'import bio_ie'
python -m bio_ie --help >/dev/null
bio-ie --help | grep -q '^    train'
echo "The lines of README.md install a working bio_ie."
