"""On SQLite, lines enter the index of the log many at a time: see `LoggedUpdate.is_filed`."""

from django.db import migrations, models

import concerte.documents.models

_NAME = "documents_log_order"
_FIELDS = ("document", "id")


def _change_index(apps, schema_editor, old, new):
    """On PostgreSQL the index stays as it is: to make it again would stop everyone who writes."""
    if schema_editor.connection.vendor == "sqlite":
        model = apps.get_model("documents", "LoggedUpdate")
        schema_editor.remove_index(model, old)
        schema_editor.add_index(model, new)


def _whole():
    return models.Index(fields=_FIELDS, name=_NAME)


def _of_filed_lines():
    return models.Index(condition=models.Q(is_filed=True), fields=_FIELDS, name=_NAME)


def forwards(apps, schema_editor):
    _change_index(apps, schema_editor, _whole(), _of_filed_lines())


def backwards(apps, schema_editor):
    _change_index(apps, schema_editor, _of_filed_lines(), _whole())


class Migration(migrations.Migration):
    dependencies = [("documents", "0007_amendments")]

    operations = [
        # The lines that are there are in the index.
        migrations.AddField(
            model_name="loggedupdate",
            name="is_filed",
            field=models.BooleanField(db_default=True, default=True, verbose_name="classée"),
        ),
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunPython(forwards, backwards)],
            state_operations=[
                migrations.AlterField(
                    model_name="loggedupdate",
                    name="is_filed",
                    field=models.BooleanField(
                        db_default=True, default=concerte.documents.models.is_filed_at_once, verbose_name="classée"
                    ),
                ),
                migrations.RemoveIndex(model_name="loggedupdate", name=_NAME),
                migrations.AddIndex(model_name="loggedupdate", index=_of_filed_lines()),
            ],
        ),
    ]
