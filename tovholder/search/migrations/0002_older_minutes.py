from django.db import migrations, models


def let_the_worker_read_them(apps, schema_editor):
    pending = apps.get_model("search", "Pending").objects.using(schema_editor.connection.alias)
    pending.get_or_create(sort="older")


class Migration(migrations.Migration):
    dependencies = [("search", "0001_initial")]

    operations = [
        migrations.AlterField(
            model_name="entry",
            name="kind",
            field=models.CharField(
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
                    ("older", "Referat fra før Tovholder"),
                ],
                max_length=10,
            ),
        ),
        migrations.RunPython(let_the_worker_read_them, migrations.RunPython.noop),
    ]
