"""Measure what search finds: recall and precision over search_pairs.csv, beside PostgreSQL's own `danish`, in one run.

`make` a scratch database and run, e.g. `DATABASE_URL=postgres://postgres@127.0.0.1:5432/x python benchmarks/search.py`;
a test database beside it is made and dropped. On SQLite ours alone is told. Exits 1 below what is demanded: recall
0.95, precision 0.98 of the plain configuration's.
"""

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tovholder.config.settings")
os.environ.setdefault("TOVHOLDER_MODE", "development")

import django  # noqa: E402

django.setup()

from django.db import connection  # noqa: E402

from tests.search.pairs import Score, make_world, read_pairs, score_ours, score_plain  # noqa: E402

RECALL, PRECISION = 0.95, 0.98


def tell(name: str, score: Score) -> None:
    print(f"{name:28} recall {score.recall:.3f}  precision {score.precision:.3f}")


def main() -> int:
    pairs = read_pairs()
    wanted = sum(pair.wanted for pair in pairs)
    print(
        f"{len(pairs)} pairs: {wanted} to be found, {len(pairs) - wanted} not. Database: {connection.vendor}"
    )
    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    try:
        ours = score_ours(pairs, *make_world(pairs))
        tell("Tovholder", ours)
        plain = score_plain(pairs) if connection.vendor == "postgresql" else None
        if plain is not None:
            tell("PostgreSQL, plain danish", plain)
            print(f"precision of ours / plain    {ours.precision / plain.precision:.3f}")
    finally:
        connection.creation.destroy_test_db(connection.settings_dict["NAME"], verbosity=0)
    for word, several in (("missed", ours.missed), ("wrong", ours.wrong)):
        for pair in several:
            print(f"  {word}: {pair.query!r} - {pair.text!r} ({pair.why})")
    limit = PRECISION * (plain.precision if plain is not None else 1)
    return 0 if ours.recall >= RECALL and ours.precision >= limit else 1


if __name__ == "__main__":
    sys.exit(main())
