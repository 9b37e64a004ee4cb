# Sourced by the commands, with the extra that they need: `. scripts/setup.sh docs`. Makes .venv with exactly the
# versions of constraints.txt, once; while neither they, pyproject.toml nor the Python in it change, the next start costs
# nothing and needs no network. A half-made .venv is finished or made again. PYTHON=... chooses the interpreter.
extra=$1
cd "$(dirname "${BASH_SOURCE[0]}")/.."
export NO_MKDOCS_2_WARNING=1  # a banner of the theme about another generator
unset PYTHONDONTWRITEBYTECODE  # or every process would compile what it imports again: six seconds each
export SOURCE_DATE_EPOCH="${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || echo 0)}"  # same input, same bytes

find_python() {
  if [ -n "${PYTHON:-}" ]; then set -- "$PYTHON"; else set -- python3 python3.14 python3.13 python3.12 python3.11 python; fi
  for candidate in "$@"; do
    if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11, 5))' 2>/dev/null; then echo "$candidate"; return; fi
  done
  echo "convnotes needs Python 3.11.5 or newer; found none on the PATH (or in \$PYTHON)." >&2
  return 1
}

version() { "$1" -V 2>&1 || true; }
wanted() { { cat pyproject.toml constraints.txt; version .venv/bin/python; } | cksum; }

if [ -n "${PYTHON:-}" ] && [ "$(version "$PYTHON")" != "$(version .venv/bin/python)" ]; then rm -rf .venv; fi
if [ "$(cat ".venv/.ready-$extra" 2>/dev/null)" != "$(wanted)" ]; then
  .venv/bin/python -m pip --version >/dev/null 2>&1 || { python=$(find_python); rm -rf .venv; "$python" -m venv .venv; }
  echo "Setting up .venv for '$extra' (only when versions change) ..." >&2
  # Not compiled here: Python does that, and keeps it, for the few of these files that it reads.
  .venv/bin/python -m pip install --no-compile --quiet --disable-pip-version-check --constraint constraints.txt --editable ".[$extra]"
  wanted >".venv/.ready-$extra"
  [ "$extra" != test ] || wanted >.venv/.ready-docs  # the tests' extra holds the site's
fi
