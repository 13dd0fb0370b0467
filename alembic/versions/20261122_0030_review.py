"""Review to depth: claims, checklists, two readers, sign-off; care of devices."""

from pathlib import Path

import sqlalchemy as sa
import sqlmodel
from alembic import op
from sqlalchemy.dialects import postgresql

from erp.core import migrating

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

SQL = Path(__file__).parents[1] / "sql"
RIGHTS = {
    "imaging_protocol": migrating.CHANGEABLE,
    "qa_checklist": migrating.APPEND_ONLY,
    "qa_reading": migrating.APPEND_ONLY,
    "qa_signature": migrating.APPEND_ONLY,
    "qa_addendum": migrating.APPEND_ONLY,
    "device_firmware": migrating.APPEND_ONLY,
    "device_maintenance": migrating.APPEND_ONLY,
}
GRANTED = {
    "manager": [
        "imaging.sign",
        "imaging.reopen",
        "imaging.resolve",
        "imaging.manage",
        "imaging.analyse",
    ],
    "technician": ["imaging.sign"],
    "auditor": ["imaging.analyse"],
}
EARLIER = ("new", "in_review", "accepted", "repeat_requested", "rejected")
STATES = ("new", "in_review", "on_hold", "accepted", "signed_off", "repeat_requested", "rejected")
FILLED = """
    update imaging_session
       set urgency = is_priority::int,
           decided_at = case when qa_state in ('accepted', 'rejected', 'repeat_requested') then qa_at end,
           due_at = completed_at + case when is_priority then interval '4 hours' else interval '1 day' end
"""
SESSION_COLUMNS = (
    "urgency",
    "due_at",
    "assigned_to",
    "assigned_name",
    "claimed_by",
    "claimed_name",
    "claimed_until",
    "awaiting",
    "review_round",
    "answers",
    "repeat_of",
    "decided_at",
)
DEVICE_COLUMNS = (
    "clock_warn_seconds",
    "silent_after_minutes",
    "silent_since",
    "maintenance_days",
    "maintained_on",
)


def upgrade() -> None:
    _widen_sessions()
    _widen_devices()
    _index_transfers()
    op.add_column(
        "saved_view", sa.Column("is_shared", sa.Boolean(), server_default="false", nullable=False)
    )
    _create_rules()
    _create_records()
    _create_care()
    migrating.protect(RIGHTS)
    with migrating.every_tenant("imaging_session"):
        op.execute(FILLED)
    op.get_bind().exec_driver_sql((SQL / "0030_review.sql").read_text(encoding="utf-8"))
    migrating.grant_to_roles(GRANTED, {})


def downgrade() -> None:
    migrating.withdraw_from_roles(GRANTED, [])
    op.execute("drop trigger imaging_session_due on imaging_session")
    op.execute("drop trigger imaging_session_signed on imaging_session")
    op.execute("drop trigger annotation_after_sign_off on annotation")
    for table in reversed(RIGHTS):
        op.drop_table(table)
    for name in ("set_imaging_due", "refuse_after_sign_off", "keep_signed_session"):
        op.execute(f"drop function sec.{name}()")
    op.drop_column("saved_view", "is_shared")
    op.drop_index("ix_imaging_transfer_device", "imaging_transfer")
    op.drop_constraint(op.f("ck_imaging_device_care"), "imaging_device")
    for name in DEVICE_COLUMNS:
        op.drop_column("imaging_device", name)
    _narrow_sessions()


def _states(column: str, states: tuple[str, ...]) -> str:
    listed = ", ".join(f"'{state}'" for state in states)
    return f"{column} in ({listed})"


def _allow_states(states: tuple[str, ...]) -> None:
    for table, column in (("imaging_session", "qa_state"), ("qa_review", "to_state")):
        name = op.f(f"ck_{table}_{column}")
        op.drop_constraint(name, table)
        op.create_check_constraint(name, table, _states(column, states))


def _text(name: str) -> sa.Column[str]:
    kind = sqlmodel.sql.sqltypes.AutoString()
    return sa.Column(name, kind, server_default=sa.text("''"), nullable=False)


def _count(name: str, default: str, kind: sa.types.TypeEngine[int] | None = None) -> sa.Column[int]:
    return sa.Column(name, kind or sa.Integer(), server_default=sa.text(default), nullable=False)


def _instant(name: str, *, is_needed: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=not is_needed)


def _widen_sessions() -> None:
    _allow_states(STATES)
    answers = sa.Column(
        "answers",
        postgresql.JSONB(astext_type=sa.Text()),
        server_default=sa.text("'{}'"),
        nullable=False,
    )
    for column in (
        _count("urgency", "0", sa.SmallInteger()),
        _instant("due_at"),
        sa.Column("assigned_to", sa.Uuid(), nullable=True),
        _text("assigned_name"),
        sa.Column("claimed_by", sa.Uuid(), nullable=True),
        _text("claimed_name"),
        _instant("claimed_until"),
        _text("awaiting"),
        _count("review_round", "1"),
        answers,
        sa.Column("repeat_of", sa.Uuid(), nullable=True),
        _instant("decided_at"),
    ):
        op.add_column("imaging_session", column)
    op.create_foreign_key(
        op.f("fk_imaging_session_tenant_id_repeat_of"),
        "imaging_session",
        "imaging_session",
        ["tenant_id", "repeat_of"],
        ["tenant_id", "id"],
    )
    rules = {
        "urgency": "urgency between 0 and 2",
        "awaiting": "awaiting in ('', 'second', 'resolution')",
        "claim": "(claimed_by is null) = (claimed_until is null)"
        " and (claimed_by is null or qa_state = 'in_review')",
    }
    for name, rule in rules.items():
        op.create_check_constraint(op.f(f"ck_imaging_session_{name}"), "imaging_session", rule)
    op.create_index(
        "ix_imaging_session_open",
        "imaging_session",
        ["tenant_id", "due_at"],
        postgresql_where=sa.text("qa_state in ('new', 'in_review', 'on_hold')"),
    )
    op.create_index("ix_imaging_session_decided", "imaging_session", ["tenant_id", "decided_at"])
    op.create_index(
        "ix_imaging_session_repeat_of",
        "imaging_session",
        ["tenant_id", "repeat_of"],
        unique=True,
        postgresql_where=sa.text("repeat_of is not null"),
    )


def _narrow_sessions() -> None:
    for name in ("open", "decided", "repeat_of"):
        op.drop_index(f"ix_imaging_session_{name}", "imaging_session")
    for name in ("urgency", "awaiting", "claim"):
        op.drop_constraint(op.f(f"ck_imaging_session_{name}"), "imaging_session")
    op.drop_constraint(op.f("fk_imaging_session_tenant_id_repeat_of"), "imaging_session")
    for name in SESSION_COLUMNS:
        op.drop_column("imaging_session", name)
    _allow_states(EARLIER)


def _widen_devices() -> None:
    for column in (
        _count("clock_warn_seconds", "60"),
        _count("silent_after_minutes", "120"),
        _instant("silent_since"),
        sa.Column("maintenance_days", sa.Integer(), nullable=True),
        sa.Column("maintained_on", sa.Date(), nullable=True),
    ):
        op.add_column("imaging_device", column)
    op.create_check_constraint(
        op.f("ck_imaging_device_care"),
        "imaging_device",
        "clock_warn_seconds > 0 and silent_after_minutes >= 0 and maintenance_days > 0",
    )


def _index_transfers() -> None:
    op.create_index(
        "ix_imaging_transfer_device", "imaging_transfer", ["tenant_id", "device_id", "decided_at"]
    )


def _own(table: str) -> list[sa.schema.SchemaItem]:
    return [
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f(f"pk_{table}")),
    ]


def _belongs(table: str, column: str, target: str) -> list[sa.schema.SchemaItem]:
    return [
        sa.ForeignKeyConstraint(
            ["tenant_id", column],
            [f"{target}.tenant_id", f"{target}.id"],
            name=op.f(f"fk_{table}_tenant_id_{column}"),
        )
    ]


def _words(*names: str) -> list[sa.schema.SchemaItem]:
    return [sa.Column(name, sqlmodel.sql.sqltypes.AutoString(), nullable=False) for name in names]


def _ids(*names: str) -> list[sa.schema.SchemaItem]:
    return [sa.Column(name, sa.Uuid(), nullable=False) for name in names]


def _json(name: str) -> sa.Column[object]:
    return sa.Column(name, postgresql.JSONB(astext_type=sa.Text()), nullable=False)


def _unique(table: str, *columns: str) -> sa.UniqueConstraint:
    return sa.UniqueConstraint(*columns, name=op.f(f"uq_{table}_{'_'.join(columns)}"))


def _create_rules() -> None:
    op.create_table(
        "imaging_protocol",
        *_own("imaging_protocol"),
        *_words("code", "name"),
        sa.Column("routine_minutes", sa.Integer(), nullable=False),
        sa.Column("urgent_minutes", sa.Integer(), nullable=False),
        sa.Column("stat_minutes", sa.Integer(), nullable=False),
        *_words("second_reader"),
        sa.Column("sample_percent", sa.Integer(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        _unique("imaging_protocol", "tenant_id", "code"),
        sa.CheckConstraint(
            "second_reader in ('none', 'always', 'sample', 'on_reject')",
            name=op.f("ck_imaging_protocol_second_reader"),
        ),
        sa.CheckConstraint(
            "stat_minutes between 1 and urgent_minutes and urgent_minutes <= routine_minutes"
            " and routine_minutes <= 525600",
            name=op.f("ck_imaging_protocol_minutes"),
        ),
        sa.CheckConstraint(
            "sample_percent between 0 and 100", name=op.f("ck_imaging_protocol_sample_percent")
        ),
    )
    op.create_table(
        "qa_checklist",
        *_own("qa_checklist"),
        *_ids("protocol_id"),
        sa.Column("version", sa.Integer(), nullable=False),
        _json("items"),
        *_ids("made_by"),
        *_words("made_by_name"),
        _instant("made_at", is_needed=True),
        *_belongs("qa_checklist", "protocol_id", "imaging_protocol"),
        _unique("qa_checklist", "tenant_id", "protocol_id", "version"),
    )


def _create_records() -> None:
    op.create_table(
        "qa_reading",
        *_own("qa_reading"),
        *_ids("session_id"),
        sa.Column("review_round", sa.Integer(), nullable=False),
        sa.Column("place", sa.SmallInteger(), nullable=False),
        *_words("verdict", "reason_code", "note"),
        sa.Column("checklist_id", sa.Uuid(), nullable=True),
        _json("answers"),
        *_ids("reader_id"),
        *_words("reader_name"),
        _instant("read_at", is_needed=True),
        *_words("content_hash"),
        *_belongs("qa_reading", "session_id", "imaging_session"),
        *_belongs("qa_reading", "checklist_id", "qa_checklist"),
        _unique("qa_reading", "tenant_id", "session_id", "review_round", "place"),
        _unique("qa_reading", "tenant_id", "session_id", "review_round", "reader_id"),
        sa.CheckConstraint("place between 1 and 3", name=op.f("ck_qa_reading_place")),
        sa.CheckConstraint(
            "verdict in ('accepted', 'repeat_requested', 'rejected')",
            name=op.f("ck_qa_reading_verdict"),
        ),
    )
    op.create_table(
        "qa_signature",
        *_own("qa_signature"),
        *_ids("session_id"),
        sa.Column("review_round", sa.Integer(), nullable=False),
        *_ids("signer_id"),
        *_words("signer_name"),
        _instant("signed_at", is_needed=True),
        *_words("content", "content_hash"),
        *_belongs("qa_signature", "session_id", "imaging_session"),
        _unique("qa_signature", "tenant_id", "session_id", "review_round"),
    )
    op.create_table(
        "qa_addendum",
        *_own("qa_addendum"),
        *_ids("session_id", "signature_id"),
        *_words("text"),
        *_ids("author_id"),
        *_words("author_name"),
        _instant("added_at", is_needed=True),
        *_belongs("qa_addendum", "session_id", "imaging_session"),
        *_belongs("qa_addendum", "signature_id", "qa_signature"),
    )
    op.create_index("ix_qa_addendum_session", "qa_addendum", ["tenant_id", "session_id"])


def _create_care() -> None:
    op.create_table(
        "device_firmware",
        *_own("device_firmware"),
        *_ids("device_id"),
        *_words("firmware"),
        _instant("seen_at", is_needed=True),
        *_belongs("device_firmware", "device_id", "imaging_device"),
    )
    op.create_index("ix_device_firmware_device", "device_firmware", ["tenant_id", "device_id"])
    op.create_table(
        "device_maintenance",
        *_own("device_maintenance"),
        *_ids("device_id"),
        sa.Column("done_on", sa.Date(), nullable=False),
        *_words("note"),
        *_ids("recorded_by"),
        *_words("recorded_name"),
        _instant("recorded_at", is_needed=True),
        *_belongs("device_maintenance", "device_id", "imaging_device"),
    )
    op.create_index(
        "ix_device_maintenance_device", "device_maintenance", ["tenant_id", "device_id"]
    )
