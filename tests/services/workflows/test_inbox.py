"""News reaches each person once, and nobody reads another's."""

from typing import Any

import pytest

from erp.core import db
from erp.core.errors import NotFound
from erp.core.ids import new_id
from erp.services import platform, workflows


def news(**more):
    facts = {"kind": "probe.matter", "title": "A matter", "dedupe_key": new_id().hex}
    return workflows.News(**(facts | more))


def tell(ctx, permission, item):
    with db.unit_of_work(ctx) as session:
        return workflows.notify_members(session, ctx, permission=permission, news=item)


def inbox(member, **wanted) -> Any:
    return platform.run("workflows.list_inbox", member.ctx, wanted).result


def unread(member) -> Any:
    counted: Any = platform.run("workflows.count_unread", member.ctx, {}).result
    return counted.unread


def test_news_reaches_those_who_may_and_no_one_else(asha, bodhi):
    item = news(title=f"For managers {new_id().hex}")
    assert tell(asha.system, "platform.operate", item) == 2
    for role, member in asha.members.items():
        got = [row.title for row in inbox(member).rows]
        assert (item.title in got) is (role in {"owner", "manager"}), role
    assert item.title not in [row.title for row in inbox(bodhi["owner"]).rows]


def test_the_same_matter_reaches_a_person_once(asha, owner):
    item = news()
    assert tell(asha.system, "platform.operate", item) == 2
    assert tell(asha.system, "platform.operate", item) == 0
    rows = owner.execute(
        "select count(*) from notification where dedupe_key = %s", (item.dedupe_key,)
    ).fetchone()
    assert rows == (2,)


def test_a_member_who_left_hears_nothing(asha):
    login = f"left.{new_id().hex[-8:]}"
    person = {
        "login": login,
        "display_name": "Left",
        "password": "correct horse battery",
        "roles": ["manager"],
    }
    made: Any = platform.run("identity.create_user", asha.system, person).result
    change = {"member_id": made.id, "display_name": "Left", "roles": ["manager"]}
    platform.run("identity.update_member", asha.system, change | {"is_active": False})
    assert tell(asha.system, "platform.operate", news()) == 2


def test_reading_counts_once_and_is_ones_own(asha, owner):
    item = news(title=f"Read me {new_id().hex}")
    tell(asha.system, "platform.operate", item)
    reader, other = asha["owner"], asha["manager"]
    before, others = unread(reader), unread(other)
    (mine,) = [row for row in inbox(reader).rows if row.title == item.title]
    read = {"notification_id": mine.id}

    with pytest.raises(NotFound):
        platform.run("workflows.mark_read", other.ctx, read)
    state = "select read_at from notification where id = %s"
    assert owner.execute(state, (mine.id,)).fetchone() == (None,)

    first: Any = platform.run("workflows.mark_read", reader.ctx, read).result
    again: Any = platform.run("workflows.mark_read", reader.ctx, read).result
    assert (first.marked, again.marked) == (1, 0)
    assert unread(reader) == before - 1
    assert unread(other) == others
    assert item.title not in [row.title for row in inbox(reader, unread_only=True).rows]


def test_marking_all_read_leaves_others_alone(asha):
    tell(asha.system, "platform.operate", news())
    others = unread(asha["manager"])
    platform.run("workflows.mark_all_read", asha["owner"].ctx, {})
    assert unread(asha["owner"]) == 0
    assert unread(asha["manager"]) == others > 0


def test_pages_follow_each_other_without_gap_or_double(asha):
    for _ in range(7):
        tell(asha.system, "platform.operate", news())
    whole = [row.id for row in inbox(asha["owner"], limit=200).rows]
    paged: list[Any] = []
    cursor = ""
    while True:
        page = inbox(asha["owner"], limit=3, cursor=cursor)
        paged += [row.id for row in page.rows]
        cursor = page.next_cursor
        if not cursor:
            break
    assert paged == whole
    assert paged == sorted(paged, reverse=True)
