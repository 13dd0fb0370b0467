"""Health says what is away and what that means; metrics are for the own network."""

import pytest

from erp.api import observing
from erp.core.errors import Unavailable


@pytest.fixture(autouse=True)
def _fresh_checks(monkeypatch):
    monkeypatch.setattr(observing, "_checks", observing._Checks())


def test_a_whole_stack_is_ready(rest):
    answer = rest.get("/health/ready")
    assert answer.status_code == 200
    assert answer.json() == {
        "status": "ready",
        "checks": {"database": "up", "redis": "up", "s3": "up", "mqtt": "up"},
    }


@pytest.mark.parametrize("name", ["_redis", "_s3", "_mqtt"])
def test_what_sales_can_do_without_only_degrades(rest, monkeypatch, name):
    def away():
        raise OSError("away")

    monkeypatch.setattr(observing, name, away)
    answer = rest.get("/health/ready")
    assert answer.status_code == 200
    assert answer.json()["status"] == "degraded"
    assert answer.json()["checks"][name.removeprefix("_")] == "down"


def test_without_the_database_nothing_is_ready(rest, monkeypatch):
    def away():
        raise Unavailable("The database cannot be reached.")

    monkeypatch.setattr(observing, "_database", away)
    answer = rest.get("/health/ready")
    assert answer.status_code == 503
    assert answer.json()["status"] == "unavailable"
    assert rest.get("/health/live").status_code == 200


def test_metrics_tell_commands_and_the_backlog(rest, asha):
    rest.get("/api/erp/me", headers=asha["cashier"].headers)
    text = rest.get("/metrics").text
    for name in ("erp_commands_total", "erp_events_waiting", "erp_deliveries_dead"):
        assert text.count(f"# TYPE {name} ") == 1, name
    assert str(asha.tenant_id) not in text


def test_metrics_are_not_for_strangers(rest):
    answer = rest.get("/metrics", headers={"x-forwarded-for": "203.0.113.9"})
    assert answer.status_code == 403
    assert "erp_" not in answer.text
