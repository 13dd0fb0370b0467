"""What a laboratory tells again of a report takes the place of what it is about, and of nothing else."""

import pytest

from tests.factories import Shop, broken_promises
from tests.services.laboratory.samples import (
    analyte,
    bring,
    csv_of,
    observed,
    open_lab,
    oru,
    patient,
    tally,
    trend,
    waiting,
)


@pytest.fixture
def lab(trader: Shop):
    return open_lab(trader)


def test_a_newer_report_that_goes_back_to_an_older_result_is_taken_whole(trader, lab):
    """Which of its results stands first in the message decides nothing."""
    asha = patient(trader)
    sugar, blood = ("4548-4", "%"), ("718-7", "g/dL")
    for hour, told in enumerate(
        ([(sugar, "5.4", "F"), (blood, "13", "F")], [(sugar, "6.4", "C")],
         [(blood, "14", "C"), (sugar, "5.4", "C")])
    ):  # fmt: skip
        lines = [observed(loinc, value, unit, status) for (loinc, unit), value, status in told]
        reported = f"202611211{hour}0000+0530"
        done = bring(trader, lab, oru("H1", *lines, code=asha.code, reported=reported))
        assert tally(done) == (len(told), 0, 0)
    assert trend(trader, asha.id, "HbA1c") == [("5.4", "normal")]
    assert trend(trader, asha.id, "Haemoglobin") == [("14.0", "normal")]
    assert broken_promises() == []


def test_a_number_used_again_on_another_day_replaces_no_result(trader, lab):
    asha = patient(trader)
    bring(trader, lab, oru("12", observed("4548-4", "5.4", "%"), code=asha.code))
    again = oru(
        "12", observed("4548-4", "6.4", "%"), code=asha.code,
        collected="20261121083000+0530", reported="20261122100000+0530",
    )  # fmt: skip
    assert tally(bring(trader, lab, again)) == (0, 0, 1)
    [held] = waiting(trader)
    assert (held.reason, held.field) == ("conflict", "collected_at")
    assert trend(trader, asha.id, "HbA1c") == [("5.4", "normal")]


def test_a_result_is_taken_back_that_waited_when_the_laboratory_said_so(trader, lab):
    asha = patient(trader)
    line = "R1,{},Asha Rao,06/05/1984,F,20/11/2026,A1C,HbA1c,5.9,furlong,,,{}"
    for status in ("", "withdrawn"):
        bring(trader, lab, csv_of(line.format(asha.code, status)))
    given = {"row_id": waiting(trader)[0].id, "analyte_id": analyte(trader, "HBA1C")}
    assert tally(trader.run("laboratory.map_test", given)) == (0, 0, 2)
    assert [(held.reason, held.field) for held in waiting(trader)] == [
        ("unit", "unit"),
        ("conflict", "status"),
    ]


def test_another_range_or_flag_of_the_same_value_is_a_correction(trader, lab):
    asha = patient(trader)
    line = "R1,{},Asha Rao,06/05/1984,F,20/11/2026,A1C,HbA1c,6.0,%,{},{},{}"
    bring(trader, lab, csv_of(line.format(asha.code, "4.0-5.6", "H", "")))
    trader.run(
        "laboratory.map_test",
        {"row_id": waiting(trader)[0].id, "analyte_id": analyte(trader, "HBA1C")},
    )
    assert trend(trader, asha.id, "HbA1c") == [("6.0", "high")]
    again = csv_of(line.format(asha.code, "4.0 - 5.6", "H", "final"))
    assert tally(bring(trader, lab, again)) == (0, 1, 0)
    moved = csv_of(line.format(asha.code, "4.0-6.4", "N", "corrected"))
    assert tally(bring(trader, lab, moved)) == (1, 0, 0)
    assert trend(trader, asha.id, "HbA1c") == [("6.0", "normal")]
    assert broken_promises() == []


def test_a_correction_back_to_an_older_result_waits_where_no_time_says_which_counts(trader, lab):
    asha = patient(trader)
    for value, status in (("5.4", "F"), ("6.4", "C")):
        told = oru("H1", observed("4548-4", value, "%", status), code=asha.code, reported="")
        assert tally(bring(trader, lab, told)) == (1, 0, 0)
    back = oru("H1", observed("4548-4", "5.4", "%", "C"), code=asha.code, reported="")
    assert tally(bring(trader, lab, back)) == (0, 0, 1)
    [held] = waiting(trader)
    assert (held.reason, held.field) == ("conflict", "value")
    assert trend(trader, asha.id, "HbA1c") == [("6.4", "high")]
    first = oru("H1", observed("4548-4", "5.4", "%"), code=asha.code, reported="") + "\r"
    assert tally(bring(trader, lab, first)) == (0, 1, 0), "an old file once more"
