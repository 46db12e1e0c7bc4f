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

templates() { git ls-files -z --cached --others --exclude-standard '*.html' | xargs -0r djade --check; }

check "style" ruff check --quiet .
check "format" ruff format --check --quiet .
check "templates" templates
check "types" mypy
check "layers" lint-imports
check "packages" deptry tovholder
check "migrations" python manage.py makemigrations --check --dry-run
check "reference" python manage.py write_reference --check
check "architecture" python -m pytest -n0 tests/test_architecture.py

if [ ${#failed[@]} -gt 0 ]; then
  echo "FAILED: ${failed[*]}"
  exit 1
fi
echo "All checks passed."
