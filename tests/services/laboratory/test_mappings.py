"""What a laboratory calls a test is kept, changed for what comes, and ended."""

import pytest

from erp.services.laboratory.errors import UnknownMapping
from tests.factories import Shop, broken_promises
from tests.services.laboratory.samples import (
    analyte,
    bring,
    csv_of,
    open_lab,
    patient,
    tally,
    trend,
    waiting,
)
from tests.services.unchanged import refused


@pytest.fixture
def lab(trader: Shop):
    return open_lab(trader)


@pytest.fixture
def asha(trader: Shop):
    return patient(trader)


def told(asha, number):
    return csv_of(f"{number},{asha.code},Asha Rao,06/05/1984,F,20/11/2026,A1C,HbA1c,5.4,%,,,")


@pytest.fixture
def mapping(trader, lab, asha):
    bring(trader, lab, told(asha, "R1"))
    given = {"row_id": waiting(trader)[0].id, "analyte_id": analyte(trader, "HBA1C")}
    trader.run("laboratory.map_test", given)
    [row] = trader.run("laboratory.list_mappings", {"laboratory_id": lab}).rows
    return row


def test_a_mapping_is_seen(mapping):
    assert (mapping.told, mapping.analyte, mapping.standing) == ("HbA1c", "HbA1c", "used")


def test_an_ended_mapping_lets_rows_wait_again_and_results_stay(trader, lab, asha, mapping):
    trader.run("laboratory.change_mapping", {"mapping_id": mapping.id, "is_active": False})
    assert tally(bring(trader, lab, told(asha, "R2"))) == (0, 0, 1)
    assert [row.reason for row in waiting(trader)] == ["test"]
    assert trend(trader, asha.id, "HbA1c") == [("5.4", "normal")]
    trader.run("laboratory.change_mapping", {"mapping_id": mapping.id, "is_active": True})
    assert tally(bring(trader, lab, told(asha, "R3"))) == (1, 0, 0)
    assert broken_promises() == []


def test_a_changed_mapping_counts_for_what_comes(trader, lab, asha, mapping):
    other = analyte(trader, "TSH")
    given = {"mapping_id": mapping.id, "analyte_id": other}
    trader.run("laboratory.change_mapping", given)
    bring(trader, lab, told(asha, "R2"))
    assert len(trend(trader, asha.id, "HbA1c")) == 1
    [row] = trader.run("laboratory.list_mappings", {"search": "A1C"}).rows
    assert row.analyte_id == other


def test_a_mapping_of_nobody_is_refused(trader, lab):
    with refused(trader, UnknownMapping, "mapping_id"):
        trader.run("laboratory.change_mapping", {"mapping_id": lab})
