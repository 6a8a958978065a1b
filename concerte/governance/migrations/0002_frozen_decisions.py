"""What was decided stays decided whatever the road taken: the database itself refuses.

A later migration that rebuilds one of these tables on SQLite drops its triggers with the old table: it must run
`install` again. A test looks for them after all migrations.
"""

from django.db import migrations

# table → columns that never change; nothing: the whole row.
FROZEN = {
    "governance_decision": (
        "number", "body_id", "circle_id", "question", "subject_kind", "subject_id", "subject_label", "rule",
        "rule_name", "is_secret", "opens_at", "closes_at", "opened_at",
    ),
    "governance_decisionvoter": (),
    "governance_collegeresult": (),
    "governance_vote": (
        "decision_id", "voter_id", "choice", "reasons", "digest", "given_at", "represented_by_id",
    ),
    "governance_objection": ("decision_id", "voter_id", "reasons", "wording", "digest", "made_at"),
}
# Columns of a decision that change no more once it has a result.
RESULT = ("result", "result_digest", "is_adopted", "state", "closed_at", "wording", "digest")
MESSAGE = "frozen row"

POSTGRESQL_FUNCTION = f"""
CREATE OR REPLACE FUNCTION governance_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '{MESSAGE}' USING ERRCODE = 'integrity_constraint_violation';
END;
$$
"""


def trigger(vendor, name, table, columns, also=""):
    """One CREATE TRIGGER statement. Only a value that differs is refused: Django writes back columns it did not touch."""
    differs = "IS NOT" if vendor == "sqlite" else "IS DISTINCT FROM"
    changed = " OR ".join(f"OLD.{column} {differs} NEW.{column}" for column in columns)
    condition = " AND ".join(part for part in (f"({changed})" if changed else "", also) if part)
    when = f"WHEN ({condition}) " if condition else ""
    if vendor == "sqlite":
        refusal = f"BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END"
    else:
        refusal = "EXECUTE FUNCTION governance_refuse_change()"
    return f"CREATE TRIGGER {name} BEFORE UPDATE ON {table} FOR EACH ROW {when}{refusal}"


def triggers(vendor):
    for table, columns in FROZEN.items():
        yield f"{table}_frozen", table, trigger(vendor, f"{table}_frozen", table, columns)
    name = "governance_decision_result_frozen"
    statement = trigger(vendor, name, "governance_decision", RESULT, "OLD.result_digest <> ''")
    yield name, "governance_decision", statement


def install(apps, schema_editor):
    vendor = schema_editor.connection.vendor
    if vendor == "postgresql":
        schema_editor.execute(POSTGRESQL_FUNCTION, params=None)
    for _name, _table, statement in triggers(vendor):
        schema_editor.execute(statement, params=None)


def remove(apps, schema_editor):
    vendor = schema_editor.connection.vendor
    for name, table, _statement in triggers(vendor):
        on_table = f" ON {table}" if vendor == "postgresql" else ""
        schema_editor.execute(f"DROP TRIGGER {name}{on_table}", params=None)
    if vendor == "postgresql":
        schema_editor.execute("DROP FUNCTION governance_refuse_change()", params=None)


class Migration(migrations.Migration):
    dependencies = [("governance", "0001_initial")]

    operations = [migrations.RunPython(install, remove)]
