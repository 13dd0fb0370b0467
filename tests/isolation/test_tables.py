"""Every relation the application reaches, under a foreign context and under none."""

import pytest

from tests.isolation.catalogue import relations, rows_of, tenant_tables
from tests.isolation.probing import leaks


def test_the_application_reaches_tables_of_tenants_and_nothing_else(arena):
    reached = [r for r in relations(arena.owner) if r.rights]
    strangers = [r.name for r in reached if not r.tenant_column or r.kind not in "rp"]
    assert strangers == []
    assert len(reached) > 40


def test_the_application_never_truncates_references_or_adds_triggers(arena):
    wide = [
        r.name for r in relations(arena.owner) if r.rights & {"TRUNCATE", "TRIGGER", "REFERENCES"}
    ]
    assert wide == []


def test_no_statement_crosses_from_one_tenant_to_another(arena):
    with arena.as_mine() as app:
        found = [
            leak
            for relation in tenant_tables(arena.owner)
            for leak in leaks(app, arena.owner, relation, arena.theirs)
        ]
    assert found == []


def test_a_tenant_sees_its_own_row_in_every_table_it_may_read(arena):
    with arena.as_mine() as app:
        for relation in tenant_tables(arena.owner):
            if "SELECT" in relation.rights:
                assert rows_of(app, relation) == 1, relation.name


@pytest.mark.parametrize("said", [None, ""], ids=["never set", "empty"])
def test_without_a_context_there_is_nothing_to_read_and_no_way_to_write(arena, said):
    with arena.app(said) as app:
        for relation in tenant_tables(arena.owner):
            if "SELECT" in relation.rights:
                assert rows_of(app, relation) == 0, relation.name
            for tenant in (arena.mine, arena.theirs):
                assert list(leaks(app, arena.owner, relation, tenant)) == []


def test_a_context_that_ended_with_its_transaction_leaves_nothing_behind(arena):
    with arena.as_mine() as app:
        assert app.execute("select count(*) from brand").fetchone() == (1,)
        app.commit()
        assert app.execute("select current_setting('app.ctx', true)").fetchone() == ("",)
        assert app.execute("select count(*) from brand").fetchone() == (0,)


SABOTAGE = {
    "brand": "alter table brand disable row level security",
    "remedy": "create policy generous on remedy for select using (true)",
    "party": "alter policy tenant_only on party using (true)",
    "product": "alter policy tenant_only on product with check (true)",
    "lot": "grant truncate on lot to erp_app",
    "role": "create policy generous on role for all using (true)",
    "register": "alter table register no force row level security; alter table register owner to erp_app",
}


@pytest.mark.parametrize("table", SABOTAGE)
def test_a_weakened_control_is_seen_by_the_probes(breakable, table):
    name = f"public.{table}"
    with breakable.as_mine() as app:
        whole = next(r for r in tenant_tables(breakable.owner) if r.name == name)
        assert list(leaks(app, breakable.owner, whole, breakable.theirs)) == []
        app.rollback()
    breakable.owner.execute(SABOTAGE[table].encode())
    with breakable.as_mine() as app:
        broken = next(r for r in tenant_tables(breakable.owner) if r.name == name)
        assert list(leaks(app, breakable.owner, broken, breakable.theirs)) != []


def test_a_table_whose_policy_is_dropped_shows_nothing_at_all(breakable):
    breakable.owner.execute("drop policy tenant_only on warehouse")
    with breakable.as_mine() as app:
        assert app.execute("select count(*) from warehouse").fetchone() == (0,)


def test_a_view_with_its_owners_rights_is_seen_as_a_stranger(breakable):
    breakable.owner.execute("create view every_shift as select * from register_shift")
    breakable.owner.execute("grant select on every_shift to erp_app")
    reached = [r for r in relations(breakable.owner) if r.rights and r.kind not in "rp"]
    assert [r.name for r in reached] == ["public.every_shift"]
    with breakable.as_mine() as app:
        assert app.execute("select count(*) from every_shift").fetchone() == (2,)
