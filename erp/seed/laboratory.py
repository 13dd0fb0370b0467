"""The demo's laboratory results: two patients over half a year."""

from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from erp.core import db
from erp.core.context import RequestContext
from erp.services import catalogue_of_actions, platform

__all__ = ["catalogue_of_actions", "seed_laboratory"]
LABORATORY: Final = "Demo Path Lab"
WEEKS_APART: Final = 5
RESULTS: Final[dict[str, dict[str, tuple[str, ...]]]] = {
    "C002": {
        "HBA1C": ("8.4", "7.9", "7.3", "7.0", "6.6"),
        "LDL": ("168", "154", "131", "118", "96"),
        "TSH": ("3.10", "2.84", "2.90", "2.71", "2.66"),
    },
    "C005": {"HB": ("9.4", "10.1", "10.9", "11.8", "12.3")},
}
"""By patient and analyte, the oldest first."""


def seed_laboratory(ctx: RequestContext) -> None:
    """Record what a laboratory told of two patients. A second time changes nothing."""
    named = {"name": LABORATORY, "facility": "DEMOLAB", "idempotency_key": "seed-laboratory"}
    opened = platform.run("laboratory.open_laboratory", ctx, named)
    if opened.replayed:
        return
    made: Any = opened.result
    known: Any = platform.run("laboratory.list_analytes", ctx, {}).result
    analytes = {row.code: row.id for row in known.rows}
    for code, results in RESULTS.items():
        patient_id = _patient(ctx, code)
        for analyte, values in results.items():
            for place, value in enumerate(values):
                weeks = WEEKS_APART * (len(values) - place - 1)
                given = {
                    "laboratory_id": made.id,
                    "patient_id": patient_id,
                    "report_number": f"DEMO-{code}-{place + 1}",
                    "analyte_id": analytes[analyte],
                    "day": ctx.today - timedelta(weeks=weeks, days=1),
                    "time": "08:15",
                    "value": value,
                    "idempotency_key": f"seed-{code}-{analyte}-{place}",
                }
                platform.run("laboratory.record_result", ctx, given)


def _patient(ctx: RequestContext, code: str) -> UUID:
    with db.unit_of_work(ctx) as session:
        found = db.fetch_one(
            session,
            "select id from party where tenant_id = %s and code = %s",
            (ctx.tenant_id, code),
        )
    assert found is not None  # noqa: S101  the demo's own patients
    patient_id: UUID = found["id"]
    return patient_id
