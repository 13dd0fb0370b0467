"""What a file cannot mean waits with its field; nothing is cut without saying so."""

import pytest

from tests.factories import Shop
from tests.services.laboratory.samples import (
    bring,
    csv_of,
    observed,
    open_lab,
    oru,
    patient,
    tally,
    waiting,
)


@pytest.fixture
def lab(trader: Shop):
    return open_lab(trader)


@pytest.mark.parametrize(
    ("collected", "reported", "field"),
    [("20991120083000", "", "collected_at"), ("20261120083000", "20991121", "reported_at")],
)
def test_a_time_that_has_not_come_waits(trader, lab, collected, reported, field):
    asha = patient(trader)
    told = oru(
        "H1", observed("4548-4", "5.4", "%"), code=asha.code, collected=collected, reported=reported
    )
    assert tally(bring(trader, lab, told)) == (0, 0, 1)
    [held] = waiting(trader)
    assert (held.reason, held.field) == ("unreadable", field)
    assert "lies ahead" in held.problem


def test_a_birthday_without_its_century_is_not_guessed(trader, lab):
    asha = patient(trader)
    line = f"R1,{asha.code},Asha Rao,06/05/84,F,20/11/26,4548-4,HbA1c,5.4,%,,,"
    assert tally(bring(trader, lab, csv_of(line))) == (0, 0, 1)
    [held] = waiting(trader)
    assert (held.reason, held.field) == ("unreadable", "birth_on")
    assert "four digits" in held.problem


def test_a_comment_that_is_cut_says_so_and_a_unit_is_never_cut(trader, lab):
    asha = patient(trader)
    content = oru("H1", observed("4548-4", "5.4", "%"), observed("718-7", "13", "g" * 50),
                  code=asha.code)  # fmt: skip
    first, second = content.rsplit("\r", 1)
    content = "\r".join([first, "NTE|1||" + "long " * 200, second])
    assert tally(bring(trader, lab, content)) == (1, 0, 1)
    [head] = trader.run("laboratory.list_reports", {"patient_id": asha.id}).rows
    [result] = trader.run("laboratory.get_report", {"report_id": head.id}).results
    assert len(result.note) == 500
    assert result.note.endswith("[cut here; the file says more]")
    [held] = waiting(trader)
    assert (held.field, "OBX-6 is longer than 40 characters" in held.problem) == ("unit", True)


def test_a_cell_that_is_too_long_to_be_kept_waits(trader, lab):
    asha = patient(trader)
    line = f"R1,{asha.code},Asha Rao,06/05/1984,F,20/11/2026,4548-4,HbA1c,5.4,%,,{'H' * 11},"
    assert tally(bring(trader, lab, csv_of(line))) == (0, 0, 1)
    assert waiting(trader)[0].field == "flag"
