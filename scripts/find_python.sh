#!/usr/bin/env bash
# Prints the path of a Python that bio_ie supports: $PYTHON if it is set, otherwise the first that
# fits.
set -euo pipefail

if [[ -n "${PYTHON:-}" ]]; then
    candidates=("$PYTHON")
else
    candidates=(python3 python3.13 python3.12 python3.11)
fi

tried=""
for candidate in "${candidates[@]}"; do
    if version="$("$candidate" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null)"
    then
        if [[ "$version" =~ ^3\.1[1-3]$ ]]; then
            "$candidate" -c 'import sys; print(sys.executable)'
            exit
        fi
        tried+=", $candidate (is $version)"
    else
        tried+=", $candidate (not found)"
    fi
done

echo "bio_ie needs Python 3.11, 3.12 or 3.13; tried ${tried#, }." >&2
echo "Install one of them and name it, for example: make setup PYTHON=/path/to/python3.12" >&2
exit 1
