"""What was frozen stays frozen whatever the road taken: the database itself refuses.

A later migration that rebuilds one of these tables on SQLite drops its triggers with the old table: it must run
`install` again. A test looks for them after all migrations.
"""

from django.db import migrations

# table → columns that never change; nothing: the whole row.
FROZEN = {
    "programme_edition": (),
    "programme_proposal": ("programme_id", "number", "semester", "content", "digest", "draft_digest", "frozen_at"),
    "programme_position": ("proposal_id", "organisation_id", "college_id", "kind", "reasons", "digest", "given_at"),
    "programme_action": ("code", "programme_id", "number"),
}
MESSAGE = "frozen row"

POSTGRESQL_FUNCTION = f"""
CREATE OR REPLACE FUNCTION programme_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '{MESSAGE}' USING ERRCODE = 'integrity_constraint_violation';
END;
$$
"""


def trigger(vendor, table, columns):
    """One CREATE TRIGGER statement. Only a value that differs is refused: Django writes back columns it did not touch."""
    if vendor == "sqlite":
        differs = " OR ".join(f"OLD.{column} IS NOT NEW.{column}" for column in columns)
        when = f"WHEN {differs} " if columns else ""
        refusal = f"BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END"
        return f"CREATE TRIGGER {table}_frozen BEFORE UPDATE ON {table} FOR EACH ROW {when}{refusal}"
    differs = " OR ".join(f"OLD.{column} IS DISTINCT FROM NEW.{column}" for column in columns)
    when = f"WHEN ({differs}) " if columns else ""
    call = "EXECUTE FUNCTION programme_refuse_change()"
    return f"CREATE TRIGGER {table}_frozen BEFORE UPDATE ON {table} FOR EACH ROW {when}{call}"


def install(apps, schema_editor):
    vendor = schema_editor.connection.vendor
    if vendor == "postgresql":
        schema_editor.execute(POSTGRESQL_FUNCTION, params=None)
    for table, columns in FROZEN.items():
        schema_editor.execute(trigger(vendor, table, columns), params=None)


def remove(apps, schema_editor):
    vendor = schema_editor.connection.vendor
    for table in FROZEN:
        on_table = f" ON {table}" if vendor == "postgresql" else ""
        schema_editor.execute(f"DROP TRIGGER {table}_frozen{on_table}", params=None)
    if vendor == "postgresql":
        schema_editor.execute("DROP FUNCTION programme_refuse_change()", params=None)


class Migration(migrations.Migration):
    dependencies = [("programme", "0001_initial")]

    operations = [migrations.RunPython(install, remove)]
