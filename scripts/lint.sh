#!/usr/bin/env bash
# Every check, all of them even if one fails; exits 1 if any did.
set -uo pipefail
cd "$(dirname "$0")/.."
export PATH="$PWD/.venv/bin:$PATH"
failed=()

check() {
  local name="$1"; shift
  echo "-- $name"
  "$@" || failed+=("$name")
}

# The types take as long as all the rest: they are checked on the other core meanwhile.
types_say="$(mktemp)"
trap 'rm -f "$types_say"' EXIT
mypy >"$types_say" 2>&1 &
types=$!
told_types() { wait "$types"; local found=$?; cat "$types_say"; return "$found"; }

templates() { git ls-files -z --cached --others --exclude-standard '*.html' | xargs -0r djade --check; }

check "style" ruff check --quiet .
check "format" ruff format --check --quiet .
check "templates" templates
check "layers" lint-imports
check "packages" deptry tovholder
check "migrations" python manage.py makemigrations --check --dry-run
check "reference" python manage.py write_reference --check
check "architecture" python -m pytest -n0 tests/test_architecture.py
check "types" told_types

if [ ${#failed[@]} -gt 0 ]; then
  echo "FAILED: ${failed[*]}"
  exit 1
fi
echo "All checks passed."
