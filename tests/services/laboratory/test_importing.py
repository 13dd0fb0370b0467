"""A laboratory's file becomes results once; what a person must settle waits with its reason."""

import pytest

from erp.core.errors import PermissionDenied
from erp.services import laboratory, platform
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
    upload,
    waiting,
)
from tests.services.unchanged import refused


@pytest.fixture
def lab(trader: Shop):
    return open_lab(trader)


def row(code, value="5.9", unit="%", number="R1", name="Asha Rao", test="HbA1c", **more):
    known = {"born": "06/05/1984", "sex": "F", "collected": "20/11/2026 08:30", "status": ""} | more
    told = (number, code, name, known["born"], known["sex"], known["collected"])
    return ",".join((*told, "A1C", test, value, unit, "", "", known["status"]))


def test_a_csv_waits_for_its_test_once_and_then_comes_by_itself(trader, lab):
    asha = patient(trader)
    done = bring(trader, lab, csv_of(row(asha.code)))
    assert tally(done) == (0, 0, 1)
    [held] = waiting(trader)
    assert (held.reason, held.test, held.label) == ("test", "HbA1c", "Row 2")
    given = {"row_id": held.id, "analyte_id": analyte(trader, "HBA1C")}
    assert tally(trader.run("laboratory.map_test", given)) == (1, 0, 0)
    again = bring(trader, lab, csv_of(row(asha.code, "6.1", number="R2", collected="21/11/2026")))
    assert tally(again) == (1, 0, 0)
    assert trend(trader, asha.id, "HbA1c") == [("5.9", "high"), ("6.1", "high")]
    [one] = trader.run("laboratory.get_trends", {"patient_id": asha.id}).trends
    assert [point.is_time_known for point in one.points] == [True, False]
    assert [point.at.isoformat() for point in one.points] == [
        "2026-11-20T03:00:00+00:00",
        "2026-11-20T18:30:00+00:00",
    ]
    assert broken_promises() == []


def test_the_same_file_and_the_same_results_bring_nothing_twice(trader, lab):
    asha = patient(trader)
    content = oru("H1", observed("4548-4", "5.4", "%"), code=asha.code)
    first = upload(trader, lab, content)
    trader.run("laboratory.import_file", {"file_id": first.id})
    again = upload(trader, lab, content, "other name.hl7")
    assert (again.id, again.is_known) == (first.id, True)
    with refused(trader, laboratory.FileTakenIn):
        trader.run("laboratory.import_file", {"file_id": first.id})
    assert tally(bring(trader, lab, content + "\r\r")) == (0, 1, 0)
    assert trend(trader, asha.id, "HbA1c") == [("5.4", "normal")]


def test_a_correction_is_a_new_version_and_the_old_result_stays(trader, lab):
    asha = patient(trader)
    bring(
        trader,
        lab,
        oru(
            "H1",
            observed("4548-4", "5.4", "%", "P"),
            observed("718-7", "13", "g/dL"),
            code=asha.code,
        ),
    )
    later = "20261121120000+0530"
    bring(
        trader, lab, oru("H1", observed("4548-4", "6.4", "%", "C"), code=asha.code, reported=later)
    )
    assert trend(trader, asha.id, "HbA1c") == [("6.4", "high")]
    [head] = trader.run("laboratory.list_reports", {"patient_id": asha.id}).rows
    assert (head.results, head.outside, head.status) == (2, 1, "corrected")
    report = trader.run("laboratory.get_report", {"report_id": head.id})
    assert [version.version for version in report.versions] == [2, 1]
    told = [(r.told_value, r.status, r.is_standing) for r in report.results if r.analyte == "HbA1c"]
    assert told == [("6.4", "corrected", True), ("5.4", "preliminary", False)]
    assert tally(bring(trader, lab, oru("H1", observed("4548-4", "5.4", "%"), code=asha.code))) == (
        0,
        1,
        0,
    )
    older = oru("H1", observed("4548-4", "5.5", "%", "F"), code=asha.code)
    assert tally(bring(trader, lab, older)) == (0, 0, 1)
    assert "told later already" in waiting(trader)[0].problem
    assert broken_promises() == []


def test_a_preliminary_result_never_takes_a_final_ones_place(trader, lab):
    asha = patient(trader)
    bring(trader, lab, oru("H1", observed("4548-4", "5.4", "%"), code=asha.code))
    late = "20261122120000+0530"
    done = bring(
        trader, lab, oru("H1", observed("4548-4", "9", "%", "P"), code=asha.code, reported=late)
    )
    assert tally(done) == (0, 0, 1)
    assert waiting(trader)[0].field == "status"
    assert trend(trader, asha.id, "HbA1c") == [("5.4", "normal")]


def test_a_result_that_the_laboratory_takes_back_leaves_the_trend(trader, lab):
    asha = patient(trader)
    bring(trader, lab, oru("H1", observed("4548-4", "5.4", "%"), code=asha.code))
    done = bring(
        trader,
        lab,
        oru(
            "H1",
            observed("4548-4", "5.4", "%", "W"),
            observed("718-7", "", "", "X"),
            code=asha.code,
        ),
    )
    assert (done.taken, done.discarded) == (1, 1)
    assert trend(trader, asha.id, "HbA1c") == []


def test_what_a_person_put_right_or_took_back_does_not_return_with_the_next_file(trader, lab):
    asha = patient(trader)
    told = oru("H1", observed("4548-4", "54", "%"), observed("718-7", "31", "g/dL"), code=asha.code)
    bring(trader, lab, told)
    [head] = trader.run("laboratory.list_reports", {"patient_id": asha.id}).rows
    found = trader.run("laboratory.get_report", {"report_id": head.id}).results
    ids = {row.analyte: row.id for row in found}
    right = {"result_id": ids["HbA1c"], "value": "5.4", "reason": "misread"}
    trader.run("laboratory.correct_result", right)
    trader.run("laboratory.withdraw_result", {"result_id": ids["Haemoglobin"], "reason": "x"})
    assert tally(bring(trader, lab, told + "\r")) == (0, 2, 0)
    assert trend(trader, asha.id, "HbA1c") == [("5.4", "normal")]
    assert trend(trader, asha.id, "Haemoglobin") == []


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        (("883-9", "", "", "F", "ST"), "value"),
        (("883-9", '""', "", "F", "ST"), "value"),
        (("3051-0", "9999999", "g/dL"), "unit"),
    ],
)
def test_what_cannot_be_kept_waits_and_the_rest_comes(trader, lab, told, reason):
    """No word, or a number beyond the column's: the database refuses both, and the file with them."""
    asha = patient(trader)
    lines = [observed(*told), observed("718-7", "13", "g/dL")]
    assert tally(bring(trader, lab, oru("H1", *lines, code=asha.code))) == (1, 0, 1)
    [held] = waiting(trader)
    assert (held.reason, held.field) == (reason, reason)


def test_one_test_told_twice_in_a_file_waits(trader, lab):
    asha = patient(trader)
    content = oru(
        "H1", observed("4548-4", "5.4", "%"), observed("4548-4", "6.4", "%"), code=asha.code
    )
    assert tally(bring(trader, lab, content)) == (1, 0, 1)
    assert "twice" in waiting(trader)[0].problem


@pytest.mark.parametrize(
    ("told", "says"),
    [
        ({"name": "Asha Patel"}, "another name"),
        ({"born": "07/05/1984"}, "born on another day"),
        ({"sex": "M"}, "other sex"),
        ({"code": "P99999"}, "No patient here has this number"),
        ({"code": ""}, "No number of the patient"),
    ],
)
def test_a_patient_is_never_guessed(trader, lab, told, says):
    asha = patient(trader)
    given = {"code": asha.code} | told
    bring(trader, lab, csv_of(row(**given)))
    [held] = waiting(trader)
    assert held.reason == "patient"
    assert says in held.problem
    assert trader.run("laboratory.list_reports", {}).rows == []


def test_a_person_says_who_it_is_and_every_row_of_them_follows(trader, lab):
    asha = patient(trader)
    content = oru("H1", observed("4548-4", "5.4", "%"), observed("718-7", "13", "g/dL"), code="X9")
    assert tally(bring(trader, lab, content)) == (0, 0, 2)
    held = waiting(trader)[0]
    found = trader.run("laboratory.suggest_patients", {"row_id": held.id}).rows
    assert [(one.id, one.why) for one in found] == [(asha.id, "same name, same birthday")]
    given = {"row_id": held.id, "patient_id": asha.id}
    assert tally(trader.run("laboratory.match_patient", given)) == (2, 0, 0)
    corrected = oru("H1", observed("4548-4", "5.5", "%", "C"), code="X9", reported="20261122")
    assert tally(bring(trader, lab, corrected)) == (1, 0, 0)
    assert broken_promises() == []


def test_another_person_than_told_must_be_confirmed(trader, lab):
    other = patient(trader, "Binod Das", birth_on="1990-01-01", sex="male")
    bring(trader, lab, oru("H1", observed("4548-4", "5.4", "%"), code="X9"))
    given = {"row_id": waiting(trader)[0].id, "patient_id": other.id}
    with refused(trader, laboratory.PatientDiffers) as caught:
        trader.run("laboratory.match_patient", given)
    for word in ("Asha Rao", "06-05-1984", "female", "Binod Das"):
        assert word in caught.value.message
    assert tally(trader.run("laboratory.match_patient", given, confirm=["patient_differs"])) == (
        1,
        0,
        0,
    )


@pytest.mark.parametrize("told", [{"name": "", "born": ""}, {"born": ""}])
def test_who_nobody_is_by_name_alone_is_said_report_by_report(trader, lab, told):
    """Of two messages without a number, the one that a person settled says nothing of the other."""
    asha = patient(trader)
    one, two = (oru(number, observed("4548-4", "5.4", "%"), **told) for number in ("H1", "H2"))
    bring(trader, lab, f"{one}\r{two}")
    first, second = waiting(trader)
    given = {"row_id": first.id, "patient_id": asha.id}
    assert tally(trader.run("laboratory.match_patient", given)) == (1, 0, 0)
    assert [held.id for held in waiting(trader)] == [second.id]
    assert trend(trader, asha.id, "HbA1c") == [("5.4", "normal")]


def test_the_patient_a_person_chose_is_kept_while_a_test_is_unknown(trader, lab):
    asha = patient(trader)
    bring(trader, lab, csv_of(row("X9")))
    held = waiting(trader)[0]
    trader.run("laboratory.match_patient", {"row_id": held.id, "patient_id": asha.id})
    [held] = waiting(trader)
    assert held.reason == "test"
    given = {"row_id": held.id, "analyte_id": analyte(trader, "HBA1C")}
    assert tally(trader.run("laboratory.map_test", given)) == (1, 0, 0)


def test_a_report_of_one_patient_is_not_added_to_by_another(trader, lab):
    asha, binod = patient(trader), patient(trader, "Binod Das")
    bring(trader, lab, oru("H1", observed("4548-4", "5.4", "%"), code=asha.code))
    content = oru("H1", observed("718-7", "13", "g/dL"), code=binod.code, name="Das^Binod")
    assert tally(bring(trader, lab, content)) == (0, 0, 1)
    [held] = waiting(trader)
    assert (held.reason, "another patient's" in held.problem) == ("conflict", True)


@pytest.mark.parametrize(
    ("value", "unit", "reason", "says"),
    [
        ("5,4", "%", "value", "without commas"),
        ("high", "%", "value", "no number"),
        ("5.4", "", "unit", "No unit"),
        ("5.4", "mg/dL", "unit", "cannot be turned into %"),
        ("5.4", "furlong", "unit", "cannot be turned into %"),
    ],
)
def test_a_value_or_unit_is_never_guessed(trader, lab, value, unit, reason, says):
    asha = patient(trader)
    bring(trader, lab, oru("H1", observed("4548-4", value, unit, kind="ST"), code=asha.code))
    [held] = waiting(trader)
    assert (held.reason, held.field) == (reason, reason)
    assert says in held.problem


def test_every_bad_cell_is_named_and_the_good_rows_come(trader, lab):
    asha = patient(trader)
    rows = [
        row(asha.code, collected="31/02/2026"),
        row(asha.code, status="perhaps"),
        row(asha.code, value="=HYPERLINK(1)"),
        row(asha.code, number=""),
        row(asha.code, value=""),
        row(asha.code, born="x"),
    ]
    bring(trader, lab, csv_of(*rows))
    found = [(held.label, held.field) for held in waiting(trader, reason="unreadable")]
    assert found == [
        ("Row 2", "collected_at"),
        ("Row 3", "status"),
        ("Row 4", "value"),
        ("Row 5", "report_number"),
        ("Row 6", "value"),
        ("Row 7", "birth_on"),
    ]


def test_units_are_turned_exactly_and_ranges_with_them(trader, lab):
    asha = patient(trader)
    content = oru(
        "H1",
        observed("1558-6", "5.5", "mmol/L", limits="3.9 - 5.5"),
        observed("4548-4", "42", "mmol/mol"),
        observed("777-3", "2.5", "lakhs/cumm"),
        observed("3016-3", "<0.01", "mIU/L", kind="ST"),
        code=asha.code,
    )
    assert tally(bring(trader, lab, content)) == (4, 0, 0)
    trends = {
        one.name: one.points[0]
        for one in trader.run("laboratory.get_trends", {"patient_id": asha.id}).trends
    }
    sugar = trends["Glucose, fasting"]
    assert (str(sugar.value), str(sugar.low), sugar.flag) == (
        "99.08580000",
        "70.26084000",
        "normal",
    )
    assert (trends["HbA1c"].shown, trends["Platelets"].shown) == ("6.0", "250")
    assert (trends["TSH"].shown, trends["TSH"].flag) == ("<0.01", "low")
    assert trends["TSH"].told == "<0.01 mIU/L"


def test_columns_are_remembered_for_the_laboratory(trader, lab):
    asha = patient(trader)
    head = "A,B,C,D,E,F"
    line = f"R1,{asha.code},Asha Rao,11/20/2026,718-7,13"
    file = upload(trader, lab, csv_of(line, head=head))
    seen = trader.run("laboratory.preview_file", {"file_id": file.id})
    assert "columns.report_number" in seen.refused_fields
    with refused(trader, laboratory.UnusableColumns, "columns.value"):
        trader.run("laboratory.import_file", {"file_id": file.id})
    names = ["report_number", "patient_id", "patient_name", "collected_at", "loinc", "value"]
    columns = {name: place for place, name in enumerate(names)}
    trader.run(
        "laboratory.import_file", {"file_id": file.id, "columns": columns, "date_order": "mdy"}
    )
    more = upload(trader, lab, csv_of(line.replace("R1", "R2").replace("20/", "2/"), head=head))
    seen = trader.run("laboratory.preview_file", {"file_id": more.id})
    assert ({part.value: at for part, at in seen.columns.items()}, seen.date_order) == (
        columns,
        "mdy",
    )
    assert seen.rows[0].collected_at.startswith("2026-11-01T18:30")


def test_rows_are_discarded_with_a_reason_and_settled_once(trader, lab):
    bring(trader, lab, csv_of(row("X9")))
    given = {"row_ids": [waiting(trader)[0].id], "reason": "of no patient of ours"}
    assert trader.run("laboratory.discard_rows", given).discarded == 1
    assert waiting(trader) == []
    with refused(trader, laboratory.UnknownLabRow, "row_ids"):
        trader.run("laboratory.discard_rows", given)


def test_a_message_of_another_facility_is_not_taken(trader):
    lab = open_lab(trader, "Path", facility="PATHLAB")
    bring(trader, lab, oru("H1", observed("4548-4", "5.4", "%")))
    assert "another laboratory's message" in waiting(trader)[0].problem


def test_who_may_do_what(trader, lab):
    file = upload(trader, lab, csv_of(row("X9")))
    for role, action, given in (
        ("auditor", "laboratory.import_file", {"file_id": file.id}),
        ("technician", "laboratory.open_laboratory", {"name": "x"}),
        ("cashier", "laboratory.list_reports", {}),
        ("storekeeper", "laboratory.list_waiting", {}),
    ):
        with pytest.raises(PermissionDenied):
            platform.run(action, trader.acting_as(role), given)
    platform.run("laboratory.import_file", trader.acting_as("technician"), {"file_id": file.id})
