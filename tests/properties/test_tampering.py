"""What a database superuser changes in sealed events and entries is located to the first bad place."""

import random
from collections.abc import Iterator
from hashlib import sha256
from types import SimpleNamespace

import pytest
from sqlalchemy import Engine, create_engine
from sqlalchemy.orm import Session

from erp.adapters.object_storage import object_storage
from erp.core import db
from erp.core.clock import utc_now
from erp.core.ids import new_id
from erp.core.settings import get_settings
from erp.services import accounting, platform
from erp.services.platform import verifying
from jobs import anchoring
from tests.factories import DOMAINS, Shop, make_shop
from tests.fixtures.databases import copy_template

assert DOMAINS
ENTRIES = 24
EDITS = {
    "narration": "update journal_entry set narration = narration || ' ' where id = %(id)s",
    "day": "update journal_entry set effective_on = effective_on - 1 where id = %(id)s",
    "author": "update journal_entry set user_id = gen_random_uuid() where id = %(id)s",
    "when": "update journal_entry set recorded_at = recorded_at + interval '1 microsecond' where id = %(id)s",
    "amounts": "update journal_line set debit = debit * 2, credit = credit * 2 where entry_id = %(id)s",
    "account": "update journal_line set account_id = (select id from account where id <> account_id"
    " order by id limit 1) where entry_id = %(id)s and line_no = 1",
    "sides": "update journal_line set debit = credit, credit = debit where entry_id = %(id)s",
    "line added": "insert into journal_line"
    " (tenant_id, entry_id, line_no, account_id, effective_on, debit, credit, note)"
    " select tenant_id, entry_id, 90, account_id, effective_on, 1, 0, '' from journal_line"
    " where entry_id = %(id)s and line_no = 1",
    "line gone": "delete from journal_line where entry_id = %(id)s and line_no = 1",
    "lines gone": "delete from journal_line where entry_id = %(id)s",
    "entry gone": "delete from journal_entry where id = %(id)s",
    "hash": "update ledger_seal set hash = sha256(hash) where entry_id = %(id)s",
    "previous": "update ledger_seal set previous_hash = sha256(hash) where entry_id = %(id)s",
}
REMOVALS = {
    "seal gone": "delete from ledger_seal where entry_id = %(id)s",
    "entry and seal gone": "delete from journal_line where entry_id = %(id)s;"
    "delete from journal_entry where id = %(id)s; delete from ledger_seal where entry_id = %(id)s",
}


@pytest.fixture(scope="module")
def scene(stack, environment, worker_number) -> Iterator[SimpleNamespace]:
    """A superuser's engine on the database of a shop whose entries and events are sealed."""
    assert environment
    name = f"scene_{worker_number}"
    copy_template(stack, name)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(get_settings(), "database_url", stack.postgres.url(name))
        patch.setattr(get_settings(), "s3_bucket", f"scene-{new_id().hex[-12:]}")
        db.dispose()
        object_storage.cache_clear()
        object_storage().ensure_bucket()
        shop = make_shop("scene")
        while seal(shop) < ENTRIES:
            shop.sell({shop.variant_ids[0]: 1})
        engine = create_engine(db.driver_url(stack.postgres.url(name)))
        yield SimpleNamespace(shop=shop, engine=engine)
        engine.dispose()
    db.dispose()
    object_storage.cache_clear()


def seal(shop: Shop) -> int:
    """Seal what waits, and return how many entries are sealed."""
    with db.ops_session() as session:
        platform.seal_events(session, shop.tenant_id, lambda _: [], now=utc_now())
        accounting.seal_entries(session, shop.tenant_id, now=utc_now())
    with db.ops_session() as session:
        found = db.fetch_one(session, "select count(*) as sealed from ledger_seal")
    assert found
    return int(found["sealed"])


def sealed(engine: Engine) -> list[db.Row]:
    with Session(engine) as session:
        return db.fetch_all(
            session,
            "select sequence, entry_id from ledger_seal where sequence <= %s order by 1",
            (ENTRIES,),
        )


def some_of(rows: list[db.Row], kind: str) -> list[db.Row]:
    return random.Random(kind).sample(rows, 12)  # noqa: S311  the same at every run


def judged(engine: Engine, edit: str, **given: object) -> db.Row | None:
    """Return what the referee of the chain finds after an edit, which is undone again."""
    with Session(engine) as session:
        db.execute(session, "set local session_replication_role = replica")
        for statement in edit.split(";"):
            db.execute(session, statement, given)
        return verifying._judge(session, verifying._REFEREES["L12"]).offender


def test_untouched_chains_hold(scene):
    assert judged(scene.engine, "select 1") is None
    assert all(verdict.holds for verdict in anchoring.verify_all())


@pytest.mark.parametrize("kind", EDITS)
def test_an_edit_is_located_to_its_entry(scene, kind):
    for row in some_of(sealed(scene.engine), kind):
        offender = judged(scene.engine, EDITS[kind], id=row["entry_id"])
        assert offender is not None, row
        assert (offender["sequence"], offender["entry_id"]) == (row["sequence"], row["entry_id"])


@pytest.mark.parametrize("kind", REMOVALS)
def test_a_gap_is_located_to_the_place_after_it(scene, kind):
    for row in some_of(sealed(scene.engine)[:-1], kind):
        offender = judged(scene.engine, REMOVALS[kind], id=row["entry_id"])
        assert offender is not None
        assert offender["sequence"] == row["sequence"] + 1
        assert offender["why"] == "a seal before this one is missing"


def test_entries_that_changed_places_are_located_to_the_first(scene):
    rows = sealed(scene.engine)
    swap = (
        "alter table ledger_seal drop constraint uq_ledger_seal_tenant_id_entry_id;"
        " update ledger_seal set entry_id = case entry_id when %(id)s then %(other)s else %(id)s end"
        " where entry_id in (%(id)s, %(other)s)"
    )
    for first, second in zip(rows[:-3:2], rows[3::2], strict=True):
        offender = judged(scene.engine, swap, id=first["entry_id"], other=second["entry_id"])
        assert offender is not None
        assert offender["sequence"] == first["sequence"]


def test_an_end_that_was_cut_off_is_found_by_its_anchor(scene):
    anchoring.anchor_each_hour()
    assert anchoring.verify_all()[-1].holds
    with scene.engine.begin() as connection:
        connection.exec_driver_sql("set local session_replication_role = replica")
        cut = (
            connection.exec_driver_sql(
                "delete from ledger_seal where sequence = (select max(sequence) from ledger_seal) returning *"
            )
            .mappings()
            .one()
        )
        gone = "delete from journal_entry where id = %s"
        connection.exec_driver_sql(gone, (cut["entry_id"],))
    verdict = {found.code: found for found in anchoring.verify_all()}["A3"]
    assert verdict.offender is not None
    assert (verdict.offender["chain"], verdict.offender["sequence"]) == (
        "ledger_seal",
        cut["sequence"],
    )


def test_anchors_that_cannot_be_read_prove_nothing(scene, monkeypatch):
    assert scene
    monkeypatch.setattr(get_settings(), "s3_bucket", "no-such-bucket-here")
    object_storage.cache_clear()
    verdict = anchoring.verify_all()[-1]
    object_storage.cache_clear()
    assert not verdict.holds


@pytest.mark.parametrize("body", [b"torn", b"[]", b'{"chains": {"other_seal": {}}}'])
def test_an_anchor_that_says_nothing_breaks_its_promise_and_hides_no_other(scene, body):
    key = f"{anchoring.PREFIX}{scene.shop.tenant_id}/9999-01-01T00.json"
    digest = sha256(body).hexdigest()
    object_storage().put(key, body, sha256=digest, media="application/json")
    verdicts = anchoring.verify_all()
    object_storage().remove(key)
    assert verdicts[-1].code == "A3"
    assert verdicts[-1].offender is not None
    assert "can be read" in verdicts[-1].offender["why"]
