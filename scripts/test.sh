#!/usr/bin/env bash
# The whole suite: SQLite with the browser, then PostgreSQL, the keys there too, without the browser (the pages are the
# same there) and without the tests that have no database at all.
# What could not run is said at the start and again above the closing line.
set -euo pipefail
cd "$(dirname "$0")/.."
workers="${TEST_WORKERS:-2}"
rm -rf var/pycache/tmp  # compiled from what tests unpacked last time
left_out=()
marks=""

find_browser() { command -v chromium-headless-shell || command -v chromium || true; }

if [ -z "$(find_browser)" ] && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  echo "Installing chromium for the browser tests"
  { apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium-headless-shell; } >/dev/null 2>&1 ||
    apt-get install -y -qq --no-install-recommends chromium >/dev/null 2>&1 || true
fi
if [ -z "$(find_browser)" ]; then
  left_out+=("THE BROWSER TESTS: no chromium on this machine (apt-get install chromium-headless-shell)")
  marks="not e2e"
fi

postgres="${TEST_DATABASE_URL:-postgres://postgres@127.0.0.1:5432/test}"
has_postgres() { .venv/bin/python - "$postgres" <<'PY'
import sys
import psycopg
try:
    psycopg.connect(sys.argv[1], connect_timeout=3).close()
except psycopg.Error as fault:
    sys.exit(str(fault))
PY
}
if ! has_postgres 2>/dev/null; then
  left_out+=("THE SUITE ON POSTGRESQL: no server answers on 127.0.0.1:5432")
  postgres=""
fi

# The readers of other calendar programs, for the tests of calendars only; the lock names no host.
export PATH="$PATH:$PWD/.venv-node/bin"
readers=tests/readers
if [ "$readers/node_modules/.package-lock.json" -ot "$readers/package-lock.json" ]; then
  echo "Installing the calendar readers into $readers"
  (cd "$readers" && npm ci --no-progress) >/dev/null 2>&1 ||
    left_out+=("THE CALENDAR READERS ical.js AND node-ical: npm ci in $readers failed, or npm is missing")
fi

printf -v TOVHOLDER_LEFT_OUT '%s\n' "${left_out[@]+"${left_out[@]}"}"
export TOVHOLDER_LEFT_OUT TOVHOLDER_MODE=development
for line in "${left_out[@]+"${left_out[@]}"}"; do echo "!!! LEFT OUT: $line"; done

suite() { .venv/bin/python -m pytest --durations=25 --durations-min=4 -p tests.left_out -p tests.workers -n "$workers" "$@"; }

echo "== The suite on SQLite =="
DATABASE_URL="sqlite:///var/test.sqlite3" suite -m "$marks" "$@"
if [ -n "$postgres" ]; then
  echo "== The suite on PostgreSQL =="
  DATABASE_URL="$postgres" KEYS_DATABASE_URL="${postgres%/*}/keys" suite -p tests.without_database -m "not e2e" "$@"
fi
