"""Figures of models: kept with model, version and series, never overwritten, apart in trends."""

from datetime import timedelta, timezone
from decimal import Decimal

import pytest
from psycopg.errors import Error as DatabaseError

from erp.adapters.object_storage import object_storage
from erp.core import db
from erp.core.clock import utc_now
from erp.core.errors import InvalidInput, NotFound, PermissionDenied
from erp.services import platform
from erp.services.biomarkers import RunReused
from tests.dicom.objects import good
from tests.fixtures.clinics import open_clinic
from tests.services.imaging.line import make_line
from tests.services.imaging.people import member

SERIES = "1.2.826.77.1"


@pytest.fixture
def line(engine):
    """A session with one series of one picture, of a patient of the house."""
    assert engine
    object_storage.cache_clear()
    object_storage().ensure_bucket()
    clinic = open_clinic()
    made = make_line(clinic)
    made.start()
    made.deliver(good(SeriesInstanceUID=SERIES))
    given = {"name": "Asha Rao", "kind": "patient", "state_code": "27"}
    patient = platform.run("party.create_party", clinic, given).result.id
    about = {"session_id": made.session()["id"], "patient_id": patient}
    platform.run("imaging.assign_patient", clinic, about)
    return made


def told(value="12.5", run="r1", version="1.0", **more):
    figure = {"name": "Cup to disc ratio", "value": value, "unit": "%"} | more
    return {"model": "FundusNet", "model_version": version, "run_name": run, "figures": [figure]}


def record(line, run, ctx=None, **more):
    given = {"session_id": line.session()["id"], "run": run} | more
    return platform.run("biomarkers.record_run", ctx or line.owner, given).result


def listed(line):
    asked = {"session_id": line.session()["id"]}
    rows = platform.run("biomarkers.list_figures", line.owner, asked).result.rows
    return [(f"{row.value:.1f}", row.run_name, row.is_earlier, row.is_stale) for row in rows]


def trends(line):
    asked = {"patient_id": line.session()["patient_id"]}
    found = platform.run("laboratory.get_trends", line.owner, asked).result.trends
    return {one.name: [point.shown for point in one.points] for one in found}


def test_a_run_is_kept_with_its_model_and_told_again_is_the_same(line):
    first = record(line, told(series_uid=SERIES, low="11", high="14"))
    again = record(line, told(series_uid=SERIES, low="11", high="14"))
    assert (again.id, first.is_known, again.is_known) == (first.id, False, True)
    assert listed(line) == [("12.5", "r1", False, False)]
    [row] = line.rows(
        "select name, unit, low, high, series_id is not null as of_series from biomarker"
    )
    assert (row["low"], row["high"], row["of_series"]) == (Decimal(11), Decimal(14), True)


def test_a_figure_is_the_same_however_its_number_and_time_are_written(line):
    at = utc_now().replace(microsecond=0)
    written = told("0.5", low="0", high="10") | {"computed_at": at}
    first = record(line, written)
    other = timezone(timedelta(hours=5, minutes=30))
    again = told("0.50", low="0.0", high="1E+1") | {"computed_at": at.astimezone(other)}
    assert (record(line, again).id, record(line, again).is_known) == (first.id, True)
    with pytest.raises(RunReused):
        record(line, told("0.5", low="0", high="1") | {"computed_at": at})


def test_a_later_run_in_another_unit_stands_alone(line):
    record(line, told() | {"computed_at": utc_now() - timedelta(hours=1)})
    record(line, told("0.125", run="r2", unit="1"))
    assert trends(line) == {"Cup to disc ratio, FundusNet 1.0": ["0.125"]}


def test_figures_of_many_sessions_cost_as_many_questions_as_of_one(line, monkeypatch):
    record(line, told(series_uid=SERIES))
    patient, asked, ask = line.session()["patient_id"], [], db.fetch_all

    def counted(session, sql, *given):
        asked.append(sql)
        return ask(session, sql, *given)

    monkeypatch.setattr(db, "fetch_all", counted)

    def questions():
        asked.clear()
        trends(line)
        return len(asked)

    one = questions()
    for number in range(3):
        line.session_id = f"more-sessions-{number}"
        line.start()
        content = good(
            SeriesInstanceUID=f"{SERIES}.{number}", SOPInstanceUID=f"1.2.826.78.{number}"
        )
        line.deliver(content)
        about = {"session_id": line.session()["id"], "patient_id": patient}
        platform.run("imaging.assign_patient", line.owner, about)
        record(line, told(series_uid=f"{SERIES}.{number}"))
    assert [len(points) for points in trends(line).values()] == [4]
    assert questions() == one


def test_other_figures_under_the_name_of_a_run_are_refused(line):
    record(line, told())
    with pytest.raises(RunReused, match="Give another run another name"):
        record(line, told("13.0"))
    assert listed(line) == [("12.5", "r1", False, False)]


def test_a_later_run_stands_and_the_earlier_one_stays_to_be_seen(line):
    record(line, told() | {"computed_at": utc_now() - timedelta(hours=1)})
    record(line, told("13.0", run="r2"))
    assert listed(line) == [("13.0", "r2", False, False), ("12.5", "r1", True, False)]
    assert trends(line) == {"Cup to disc ratio, FundusNet 1.0": ["13"]}


def test_a_run_of_a_day_that_has_not_come_is_refused_for_it_would_stand_for_good(line):
    with pytest.raises(InvalidInput) as caught:
        record(line, told() | {"computed_at": utc_now() + timedelta(days=1)})
    assert caught.value.fields.keys() == {"run.computed_at"}
    record(line, told() | {"computed_at": utc_now() + timedelta(minutes=5)})


def test_versions_of_a_model_are_trends_of_their_own(line):
    record(line, told())
    record(line, told("40.25", version="2.0"))
    assert trends(line) == {
        "Cup to disc ratio, FundusNet 1.0": ["12.5"],
        "Cup to disc ratio, FundusNet 2.0": ["40.25"],
    }


def test_a_figure_is_out_of_date_once_its_series_has_other_objects(line):
    record(line, told(series_uid=SERIES))
    line.deliver(good(SeriesInstanceUID=SERIES, SOPInstanceUID="1.2.826.77.9", InstanceNumber=2))
    assert listed(line) == [("12.5", "r1", False, True)]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"series_uid": "1.2.3.4"}, "run.figures.0.series_uid"),
        ({"low": "13", "high": "14"}, "run.figures.0.value"),
        ({"low": "11"}, "run.figures.0.low"),
    ],
)
def test_a_figure_that_contradicts_itself_is_refused_by_its_place(line, change, field):
    with pytest.raises(InvalidInput) as refused:
        record(line, told(**change))
    assert field in refused.value.fields
    assert line.count("biomarker_run") == 0


def test_a_figure_told_twice_in_a_run_is_refused(line):
    twice = told()
    twice["figures"] = twice["figures"] * 2
    with pytest.raises(InvalidInput, match="told twice"):
        record(line, twice)


def test_who_only_looks_records_nothing_and_others_find_nothing(line):
    auditor = member(line.owner, "Ira", "auditor")
    with pytest.raises(PermissionDenied):
        record(line, told(), auditor)
    with pytest.raises(NotFound):
        record(line, told(), open_clinic())


@pytest.mark.parametrize("change", ["update biomarker set value = 1", "delete from biomarker_run"])
def test_the_database_changes_no_figure(line, change):
    record(line, told())
    with pytest.raises(DatabaseError), db.unit_of_work(line.owner) as session:
        db.execute(session, change)
