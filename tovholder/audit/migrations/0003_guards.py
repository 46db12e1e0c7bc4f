from django.db import migrations

from tovholder.audit import guards


def install(apps, schema_editor):
    guards.install(schema_editor.connection)
    # What was logged before there was a chain is sealed like the rest.
    schema_editor.execute(
        "INSERT INTO audit_unsealed (event_id) SELECT id FROM audit_event "
        "WHERE id NOT IN (SELECT event_id FROM audit_unsealed)"
    )


def remove(apps, schema_editor):
    guards.remove(schema_editor.connection)


class Migration(migrations.Migration):
    """The triggers that keep the log append-only, whatever way somebody comes to the database."""

    dependencies = [("audit", "0002_chain")]
    operations = [migrations.RunPython(install, remove)]
