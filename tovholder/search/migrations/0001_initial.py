"""The index, and what each database needs to match words in it.

SQLite: an FTS5 table that reads its text from search_entry, kept true by triggers. A later migration that makes
SQLite build search_entry anew (a changed column) drops the triggers with it and must call `make_index` again.
PostgreSQL: one computed tsvector with a GIN index; the four columns are told apart by weight. No extension.
"""

from django.db import migrations, models

SQLITE = (
    "CREATE VIRTUAL TABLE search_entry_fts USING fts5(words, parts, names, scope, content='search_entry',"
    " content_rowid='id', tokenize='unicode61 remove_diacritics 0')",
    "CREATE TRIGGER search_entry_ai AFTER INSERT ON search_entry BEGIN"
    " INSERT INTO search_entry_fts(rowid, words, parts, names, scope)"
    " VALUES (new.id, new.words, new.parts, new.names, new.scope); END",
    "CREATE TRIGGER search_entry_ad AFTER DELETE ON search_entry BEGIN"
    " INSERT INTO search_entry_fts(search_entry_fts, rowid, words, parts, names, scope)"
    " VALUES ('delete', old.id, old.words, old.parts, old.names, old.scope); END",
    "CREATE TRIGGER search_entry_au AFTER UPDATE ON search_entry BEGIN"
    " INSERT INTO search_entry_fts(search_entry_fts, rowid, words, parts, names, scope)"
    " VALUES ('delete', old.id, old.words, old.parts, old.names, old.scope);"
    " INSERT INTO search_entry_fts(rowid, words, parts, names, scope)"
    " VALUES (new.id, new.words, new.parts, new.names, new.scope); END",
)
SQLITE_BACK = (
    "DROP TRIGGER search_entry_ai",
    "DROP TRIGGER search_entry_ad",
    "DROP TRIGGER search_entry_au",
    "DROP TABLE search_entry_fts",
)
POSTGRESQL = (
    "ALTER TABLE search_entry ADD COLUMN vector tsvector GENERATED ALWAYS AS ("
    " setweight(to_tsvector('simple', words), 'A') || setweight(to_tsvector('simple', parts), 'B')"
    " || setweight(to_tsvector('simple', scope), 'C') || setweight(to_tsvector('simple', names), 'D')) STORED",
    "CREATE INDEX search_entry_vector ON search_entry USING gin (vector)",
    # So that the planner knows frequent words from rare ones: reads backwards by number for the first, by index for the
    # second.
    "ALTER TABLE search_entry ALTER COLUMN vector SET STATISTICS 1000",
)
POSTGRESQL_BACK = ("DROP INDEX search_entry_vector", "ALTER TABLE search_entry DROP COLUMN vector")


def _run(schema_editor, sqlite, postgresql):
    for statement in sqlite if schema_editor.connection.vendor == "sqlite" else postgresql:
        schema_editor.execute(statement)


def make_index(apps, schema_editor):
    _run(schema_editor, SQLITE, POSTGRESQL)


def drop_index(apps, schema_editor):
    _run(schema_editor, SQLITE_BACK, POSTGRESQL_BACK)


def queue_everything(apps, schema_editor):
    """What is there already is indexed by the worker; an empty database has nothing to wait for."""
    alias = schema_editor.connection.alias
    if apps.get_model("directory", "Person").objects.using(alias).exists():
        sorts = ("meeting", "item", "addendum", "file", "topic", "agreement", "forum", "person")
        apps.get_model("search", "Pending").objects.using(alias).bulk_create(
            [apps.get_model("search", "Pending")(sort=sort) for sort in sorts]
        )


class Migration(migrations.Migration):
    initial = True

    dependencies = [("directory", "__first__")]

    operations = [
        migrations.CreateModel(
            name="Entry",
            fields=[
                ("id", models.BigIntegerField(primary_key=True, serialize=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("meeting", "Møde"),
                            ("item", "Dagsorden"),
                            ("minutes", "Referat"),
                            ("addendum", "Referat"),
                            ("topic", "Emne"),
                            ("agreement", "Aftale"),
                            ("forum", "Forum"),
                            ("person", "Person"),
                            ("file", "Bilag"),
                        ],
                        max_length=10,
                    ),
                ),
                ("object_id", models.BigIntegerField()),
                ("parent_id", models.BigIntegerField(null=True)),
                ("title", models.TextField()),
                ("body", models.TextField()),
                ("place", models.TextField()),
                ("moment", models.DateTimeField()),
                ("words", models.TextField()),
                ("parts", models.TextField()),
                ("names", models.TextField()),
                ("scope", models.TextField()),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("kind", "object_id"), name="entry_once")],
            },
        ),
        migrations.CreateModel(
            name="Pending",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("sort", models.CharField(max_length=20, unique=True)),
                ("after", models.BigIntegerField(default=0)),
            ],
        ),
        migrations.RunPython(make_index, drop_index),
        migrations.RunPython(queue_everything, migrations.RunPython.noop),
    ]
