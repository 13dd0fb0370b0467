"""What an archive keeps of its studies: a hold, a removal that waits; and inputs for its actions."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from erp.core import db
from erp.core.ids import new_id
from tests.factories import Shop

Ids = dict[str, UUID]
Example = Callable[[Ids, Shop], dict[str, Any]]


def archived(shop: Shop) -> Ids:
    """Hold the shop's study, and let somebody ask for its removal."""
    with db.unit_of_work(shop.ctx) as session:
        [row] = db.fetch_all(session, "select id from dicom_study order by id limit 1")
        removal = new_id()
        db.execute(
            session,
            "insert into study_removal (tenant_id, id, study_id, status, reason, asked_by,"
            " asked_by_name, asked_at, decided_by_name, decision_note, objects, bytes)"
            " values (%s, %s, %s, 'asked', 'old', %s, 'Somebody', now(), '', '', 0, 0)",
            (shop.ctx.tenant_id, removal, row["id"], new_id()),
        )
    hold = shop.run("imaging.hold_study", {"study_id": row["id"], "reason": "Court case"}).id
    return {"study_id": row["id"], "hold_id": hold, "removal_id": removal}


def _of_study(**more: Any) -> Example:
    return lambda ids, _: {"study_id": ids["study_id"]} | more


EXAMPLES: dict[str, Example] = {
    "imaging.hold_study": _of_study(reason="Another case"),
    "imaging.release_hold": lambda i, _: {"hold_id": i["hold_id"], "note": "Closed"},
    "imaging.ask_removal": _of_study(reason="Its time is over"),
    "imaging.approve_removal": lambda i, _: {"removal_id": i["removal_id"]},
    "imaging.refuse_removal": lambda i, _: {"removal_id": i["removal_id"]},
    "imaging.request_export": _of_study(purpose="Research"),
    "imaging.file_held": lambda i, _: {"quarantine_id": i["quarantine_id"], "note": "Typed wrong"},
}
"""A working input of every action of the archive, made from its belongings."""
