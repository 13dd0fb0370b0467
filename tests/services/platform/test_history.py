"""The history of a record says who, when, from where, and each fact before and after."""

import re
from dataclasses import replace

from erp.adapters.object_storage import object_storage
from erp.core import db
from erp.services import party, platform
from tests.dicom.objects import good
from tests.factories import Shop
from tests.fixtures.clinics import open_clinic
from tests.services.assets.owning import seller
from tests.services.imaging.line import make_line


def test_a_change_is_told_with_what_was_before(trader: Shop):
    person = {"name": "Asha", "kind": "patient", "state_code": "27", "phone": "9820000000"}
    asha = trader.run("party.create_party", person).id
    there = replace(trader.acting_as("manager"), source="rest", ip_address="203.0.113.7")
    trader.run("party.update_party", {"party_id": asha, "phone": "9820000001"}, by=there)
    changed, made = trader.run("platform.list_history", {"record_id": asha}).rows
    told = {change.field: (change.before, change.after) for change in changed.changes}
    assert told == {"phone": ("9820000000", "9820000001")}
    assert (changed.source, changed.ip_address) == ("rest", "203.0.113.7")
    assert changed.person == made.person or changed.person
    assert ("name", "", "Asha") in {(c.field, c.before, c.after) for c in made.changes}
    audited = trader.run("platform.get_audit", {"audit_id": changed.audit_id})
    assert audited.command == "party.update_party"


def test_secrets_and_ids_are_not_told(trader: Shop):
    sale = trader.sell({trader.variant_ids[0]: 1})
    (posted,) = trader.run("platform.list_history", {"record_id": sale.sale_id}).rows
    fields = {change.field for change in posted.changes}
    assert "lines 1 quantity" in fields
    assert not [name for name in fields if name.endswith(("_id", "idempotency_key"))]


def test_what_one_act_did_is_one_entry_under_the_command_that_ran_the_rest(trader: Shop):
    supplier_id = seller(trader)
    mine = {"party_id": supplier_id, "name": "Croma West"}
    trader.run("party.update_party", mine)
    with db.unit_of_work(trader.ctx) as session:
        first = party.UpdateParty(party_id=supplier_id, phone="9820000001")
        party.update_party(session, trader.ctx, first)
        second = party.UpdateParty(party_id=supplier_id, phone="9820000002")
        party.update_party(session, trader.ctx, second)
    latest, before, _made = trader.run("platform.list_history", {"record_id": supplier_id}).rows
    assert latest.also == [latest.name]
    assert [(change.field, change.before) for change in before.changes] == [("name", "Croma 27")]
    assert len([change for change in latest.changes if change.field == "phone"]) == 1


def test_the_history_of_a_session_is_words_not_digests(engine):
    assert engine
    object_storage.cache_clear()
    object_storage().ensure_bucket()
    line = make_line(open_clinic())
    line.start()
    line.deliver(good())
    asked = {"record_id": line.session()["id"]}
    rows = platform.run("platform.list_history", line.owner, asked).result.rows
    assert {row.name for row in rows} >= {"imaging.object_stored.v1"}
    told = [change.after for row in rows for change in row.changes]
    assert not [value for value in told if re.fullmatch(r"[0-9a-f]{64}|[\d.]{20,}", value)]
