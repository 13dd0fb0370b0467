"""What people type in, put right and take back is a new version; what was stays."""

import pytest

from erp.core import db
from erp.core.errors import InvalidInput
from erp.services import laboratory
from erp.services.laboratory import trends
from tests.factories import Shop, broken_promises
from tests.services.laboratory.samples import analyte, open_lab, patient, trend
from tests.services.unchanged import refused


@pytest.fixture
def lab(trader: Shop):
    return open_lab(trader, "Own")


def typed(shop, lab, who, code, value, **more):
    given = {
        "laboratory_id": lab,
        "patient_id": who,
        "analyte_id": analyte(shop, code),
        "value": value,
    }
    return shop.run("laboratory.record_result", given | {"day": "2026-11-20"} | more)


def test_a_result_typed_in_has_a_report_of_our_own(trader, lab):
    asha = patient(trader)
    made = typed(trader, lab, asha.id, "TSH", "9.5")
    assert made.report_number.startswith("LR/")
    assert trend(trader, asha.id, "TSH") == [("9.50", "high")]
    more = typed(trader, lab, asha.id, "FT4", "14", unit="pmol/L", report_number=made.report_number)
    assert more.report_id == made.report_id
    assert trend(trader, asha.id, "Free T4") == [("1.09", "normal")]


def test_what_cannot_be_a_result_is_refused_by_name(trader, lab):
    asha, other = patient(trader), patient(trader, "Binod Das")
    made = typed(trader, lab, asha.id, "TSH", "2")
    number = {"report_number": made.report_number}
    with refused(trader, laboratory.WrongValue, "value"):
        typed(trader, lab, asha.id, "TSH", "2,5")
    with refused(trader, laboratory.WrongValue, "unit"):
        typed(trader, lab, asha.id, "TSH", "2", unit="mg/dL")
    with refused(trader, InvalidInput, "day"):
        typed(trader, lab, asha.id, "TSH", "2", day="2999-01-01")
    with refused(trader, laboratory.AlreadyMeasured, "analyte_id"):
        typed(trader, lab, asha.id, "TSH", "3", **number)
    with refused(trader, laboratory.OtherPatient, "report_number"):
        typed(trader, lab, other.id, "HB", "12", **number)


def test_a_result_is_put_right_once_and_taken_back(trader, lab):
    asha = patient(trader)
    made = typed(trader, lab, asha.id, "HB", "31")
    given = {"result_id": made.id, "value": "13.1", "reason": "misread"}
    right = trader.run("laboratory.correct_result", given)
    assert trend(trader, asha.id, "Haemoglobin") == [("13.1", "normal")]
    with refused(trader, laboratory.UnknownLabResult, "result_id"):
        trader.run("laboratory.correct_result", given)
    trader.run("laboratory.withdraw_result", {"result_id": right.id, "reason": "wrong tube"})
    assert trend(trader, asha.id, "Haemoglobin") == []
    report = trader.run("laboratory.get_report", {"report_id": made.report_id})
    assert [v.note for v in report.versions] == ["wrong tube", "misread", ""]
    assert [(r.told_value, r.status) for r in report.results if r.is_standing] == [
        ("13.1", "withdrawn")
    ]
    again = typed(trader, lab, asha.id, "HB", "12.9", report_number=made.report_number)
    assert again.report_id == made.report_id
    assert trend(trader, asha.id, "Haemoglobin") == [("12.9", "normal")]
    assert broken_promises() == []


def test_a_report_goes_to_its_right_patient_with_all_its_results(trader, lab):
    asha, twin = patient(trader), patient(trader, "Usha Rao")
    made = typed(trader, lab, asha.id, "HB", "12")
    given = {"report_id": made.report_id, "patient_id": twin.id, "reason": "the twin's"}
    trader.run("laboratory.move_report", given)
    assert trend(trader, asha.id, "Haemoglobin") == []
    assert trend(trader, twin.id, "Haemoglobin") == [("12.0", "normal")]
    with refused(trader, InvalidInput, "patient_id"):
        trader.run("laboratory.move_report", given)
    assert broken_promises() == []


def test_results_are_never_changed(trader, lab):
    typed(trader, lab, patient(trader).id, "HB", "12")
    for table in ("lab_report", "lab_report_version", "lab_result"):
        for statement in (f"update {table} set tenant_id = tenant_id", f"delete from {table}"):  # noqa: S608
            with (
                pytest.raises(Exception, match=r"permission denied|never"),
                db.unit_of_work(trader.ctx) as session,
            ):
                db.raw(session).execute(statement.encode())


def test_an_analytes_unit_stays_once_it_has_results(trader, lab):
    typed(trader, lab, patient(trader).id, "HB", "12")
    given = {"analyte_id": analyte(trader, "HB"), "code": "HB", "name": "Hb", "panel": "Blood"}
    with refused(trader, InvalidInput, "unit"):
        trader.run("laboratory.set_analyte", given | {"unit": "g/L"})
    with refused(trader, InvalidInput, "unit"):
        trader.run(
            "laboratory.set_analyte", given | {"analyte_id": None, "code": "X", "unit": "cubits"}
        )
    trader.run("laboratory.set_analyte", given | {"unit": "gm/dl"})


def test_ranges_are_those_of_the_persons_sex_and_age(trader, lab):
    man = patient(trader, "Binod Das", sex="male")
    child = patient(trader, "Chitra Das", birth_on="2020-01-01")
    for who, flag in ((man, "low"), (child, "")):
        typed(trader, lab, who.id, "HB", "12.5")
        assert trend(trader, who.id, "Haemoglobin") == [("12.5", flag)]


def test_trends_are_of_the_days_asked_for(trader, lab):
    asha = patient(trader)
    typed(trader, lab, asha.id, "HB", "12", day="2026-11-19", time="23:30")
    typed(trader, lab, asha.id, "HB", "13", day="2026-11-20", time="00:30")
    for days, shown in (
        ({"from_day": "2026-11-20"}, ["13.0"]),
        ({"to_day": "2026-11-19"}, ["12.0"]),
        ({}, ["12.0", "13.0"]),
    ):
        [one] = trader.run("laboratory.get_trends", {"patient_id": asha.id} | days).trends
        assert [point.shown for point in one.points] == shown
        rows = trader.run("laboratory.list_results", {"patient_id": asha.id} | days).rows
        assert len(rows) == len(shown)
    with refused(trader, InvalidInput, "to_day"):
        days = {"from_day": "2026-11-20", "to_day": "2026-11-19"}
        trader.run("laboratory.get_trends", {"patient_id": asha.id} | days)


def test_trends_that_are_cut_show_the_newest(trader, lab, monkeypatch):
    monkeypatch.setattr(trends, "MOST_POINTS", 2)
    asha = patient(trader)
    for day, value in (("17", "11"), ("20", "14"), ("19", "13")):
        typed(trader, lab, asha.id, "HB", value, day=f"2026-11-{day}")
    assert trend(trader, asha.id, "Haemoglobin") == [("13.0", "normal"), ("14.0", "normal")]
    assert trader.run("laboratory.get_trends", {"patient_id": asha.id}).is_cut
