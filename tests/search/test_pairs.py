"""What the list says must be found is found, what must not is not, and on both databases."""

from __future__ import annotations

from django.db import connection

from tests.search.pairs import make_world, read_pairs, score_ours, score_plain


def test_the_list_is_long_enough_and_a_third_must_not_be_found() -> None:
    pairs = read_pairs()
    assert len(pairs) >= 200
    assert len({(pair.query, pair.text) for pair in pairs}) == len(pairs)
    assert sum(not pair.wanted for pair in pairs) * 3 >= len(pairs)


def test_recall_and_precision(db) -> None:
    pairs = read_pairs()
    result = score_ours(pairs, *make_world(pairs))
    # Exactly these, so that both databases are known to find the same.
    assert {(pair.query, pair.text.split()[0]) for pair in result.missed} == {("skole", "Skoledragten")}
    assert {(pair.query, pair.text.split()[0]) for pair in result.wrong} == {
        ("job", "Jobs"),
        ("rus", "Russisk"),
    }
    assert result.recall >= 0.95
    # At least 0.98 of the plain `danish` configuration's, which can be 1 at most.
    assert result.precision >= 0.98
    if connection.vendor == "postgresql":
        plain = score_plain(pairs)
        assert result.precision >= 0.98 * plain.precision
        assert result.recall > plain.recall
