"""The palette's search: what a person may see, and nothing else."""

from typing import Any

import pytest

from erp.core import db
from erp.core.ids import new_id
from erp.services import accounting, platform
from tests.factories import LICENSED


def hits(rest, member, question):
    answer = rest.get("/api/erp/search", params={"q": question}, headers=member.headers)
    assert answer.status_code == 200, answer.text
    return answer.json()["hits"]


@pytest.fixture
def ravi(asha):
    name = f"Ravi{new_id().hex[-8:]}"
    given = {"name": name, "kind": "walk_in", "state_code": "27"}
    platform.run("party.create_party", asha.system, given)
    return name


def test_a_party_is_found_by_name(rest, asha, ravi):
    (hit,) = hits(rest, asha["cashier"], ravi)
    assert (hit["kind"], hit["title"]) == ("party", ravi)
    assert hit.keys() == {"kind", "id", "title", "subtitle"}


def test_a_suppliers_bill_is_found_by_those_who_may_see_bills(rest, asha):
    with db.unit_of_work(asha.system) as session:
        accounting.create_default_chart(session, asha.system)
    seller = {"name": "Carrier", "kind": "distributor", "state_code": "27", "roles": ["supplier"]}
    made: Any = platform.run("party.create_party", asha.system, seller | LICENSED)
    number = f"GR{new_id().hex[-8:].upper()}"
    charge = {"label": "Freight", "amount": "90.00", "gst_rate": 0, "is_cost_of_goods": False}
    bill = {
        "supplier_id": made.result.id,
        "bill_number": number,
        "billed_on": asha.system.today,
        "total": "90.00",
        "charges": [charge],
    }
    platform.run("billing.record_bill", asha.system, bill)
    (hit,) = hits(rest, asha["manager"], number)
    assert (hit["kind"], hit["title"], hit["subtitle"]) == ("supplier_bill", number, "Carrier")
    assert hits(rest, asha["cashier"], number) == []


def test_another_organisation_finds_nothing(rest, bodhi, ravi):
    assert hits(rest, bodhi["owner"], ravi) == []


def test_who_may_not_see_parties_finds_none(rest, asha, ravi):
    issued: Any = platform.run(
        "identity.issue_token",
        asha["owner"].ctx,
        {"name": "narrow", "scopes": ["catalog.view"]},
    )
    narrow = {"authorization": f"Bearer {issued.result.token.get_secret_value()}"}
    answer = rest.get("/api/erp/search", params={"q": ravi}, headers=narrow)
    assert answer.json() == {"hits": []}


def test_commands_are_found_by_those_who_may_run_them(rest, asha):
    found = [hit["id"] for hit in hits(rest, asha["manager"], "retry delivery")]
    assert "platform.retry_delivery" in found
    assert hits(rest, asha["cashier"], "retry delivery") == []


@pytest.mark.parametrize(
    "question", ["", "  ", "%", "_", "'", '"', "\\", "a\0b", "=1+1", "₹", "&|!"]
)
def test_odd_questions_do_no_harm(rest, asha, question):
    hits(rest, asha["owner"], question)


def test_an_endless_question_is_refused(rest, asha):
    answer = rest.get("/api/erp/search", params={"q": "x" * 101}, headers=asha["owner"].headers)
    assert answer.status_code == 422
    assert list(answer.json()["errors"]) == ["q"]
