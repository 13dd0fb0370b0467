"""A DICOM peer of the demo, on this machine only, and what is planned for it."""

from datetime import timedelta
from typing import Final

from erp.core.context import RequestContext
from erp.services import party, platform

PEER: Final = "STORESCU"
"""What dcmtk's senders call themselves unless told otherwise."""
PLANNED: Final = (
    ("C002", "Fundus both eyes", "OP", 0, "10:30"),
    ("C003", "Iris right eye", "OP", 0, "11:15"),
    ("C005", "Chest PA", "CR", 1, "09:00"),
)


def seed_peers(ctx: RequestContext, slug: str) -> None:
    """Call the branch `VANTAGE_{slug}`, let dcmtk's tools of this machine in, plan a few examinations."""
    title = f"VANTAGE_{slug}".upper()[:16]
    own = {"ae_title": title, "name": "Demo", "idempotency_key": f"seed-entity-{slug}"}
    if platform.run("imaging.add_entity", ctx, own).replayed:
        return
    rights = dict.fromkeys(("may_store", "may_query", "may_retrieve", "may_worklist"), True)
    peer = {"ae_title": PEER, "name": "This machine's dcmtk", "address": "127.0.0.1"} | rights
    platform.run("imaging.add_peer", ctx, peer)
    people = {row.code: row.id for row in _people(ctx)}
    for code, procedure, modality, days, time in PLANNED:
        if code not in people:
            continue
        planned = {
            "patient_id": people[code],
            "procedure": procedure,
            "modality": modality,
            "day": ctx.today + timedelta(days=days),
            "time": time,
        }
        platform.run("imaging.schedule_order", ctx, planned)


def _people(ctx: RequestContext) -> list[party.PartyRow]:
    found = platform.run("party.list_parties", ctx, {"limit": 200}).result
    return found.rows if isinstance(found, party.PartyPage) else []
