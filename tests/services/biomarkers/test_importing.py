"""Figures from a CSV: looked at by row and column, kept all or not at all, and once."""

import base64

import pytest

from erp.core.errors import InvalidInput, PermissionDenied
from erp.services import platform
from tests.dicom.objects import good
from tests.services.biomarkers.test_recording import SERIES, line, listed, trends
from tests.services.imaging.people import member

__all__ = ["line"]
HEAD = "Session,Model,Version,Run,Biomarker,Value,Unit,Low,High,Series UID\n"


def b64(text):
    return base64.b64encode(text.encode()).decode()


def read(line, text, ctx=None, **more):
    asked = {"content": b64(text)} | more
    return platform.run("biomarkers.read_file", ctx or line.owner, asked).result


def bring(line, text, **more):
    columns = read(line, text).columns
    given = {"content": b64(text), "columns": columns} | more
    return platform.run("biomarkers.import_figures", line.owner, given).result


def file(line, *rows):
    number = line.session()["number"]
    return HEAD + "".join(f"{number},FundusNet,1.0,{row}\n" for row in rows)


def faults(found):
    return [(row.number, x.column, x.message) for row in found.rows for x in row.faults]


def test_a_file_is_looked_at_kept_and_the_same_file_changes_nothing(line):
    text = file(line, f"r1,Cup to disc ratio,12.5,%,11,14,{SERIES}", "r1,Vessel width,0.140,mm,,,")
    found = read(line, text)
    assert [(row.session, row.name, row.is_known) for row in found.rows] == [
        (line.session()["number"], "Cup to disc ratio", False),
        (line.session()["number"], "Vessel width", False),
    ]
    assert faults(found) == []
    assert listed(line) == []
    done = bring(line, text)
    assert (done.runs, done.figures, done.known) == (1, 2, 0)
    again = bring(line, text.replace("0.140", "0.14"))
    assert (again.runs, again.figures, again.known) == (0, 0, 1)
    assert all(row.is_known for row in read(line, text).rows)
    assert trends(line) == {
        "Cup to disc ratio, FundusNet 1.0": ["12.5"],
        "Vessel width, FundusNet 1.0": ["0.14"],
    }


def test_a_session_is_named_by_its_study_too_and_is_one_session(line):
    row = line.session()
    text = (
        "study uid;algorithm;software version;feature;result\n"
        f"{row['study_uid']};Net;1;Ratio;1\n{row['number']};Net;1;Width;2\n"
    )
    done = bring(line, text)
    assert (done.runs, done.figures) == (1, 2)
    [run] = {one.run_name for one in read(line, text).rows}
    assert run.startswith("File ")


@pytest.mark.parametrize(
    ("row", "column", "says"),
    [
        ('r1,Ratio,"1,5",%,,,', "Value", "No plain number"),
        ("r1,Ratio,<5,%,,,", "Value", "No plain number"),
        ("r1,Ratio,NaN,%,,,", "Value", "No plain number"),
        ("r1,,5,%,,,", "Biomarker", "This is needed"),
        ("r1,Ratio,5,%,4,,", "Low", "Give both"),
        ("r1,Ratio,5,%,6,7,", "Value", "outside its own interval"),
        ("r1,Ratio,5,%,,,1.2.3", "Series UID", "none of the session's"),
        (f"{'r' * 129},Ratio,5,%,,,", "Run", "at most 128"),
        (f"r1,Ratio,5,{'u' * 25},,,", "Unit", "at most 24"),
    ],
)
def test_what_is_wrong_is_said_by_row_and_column_and_nothing_is_kept(line, row, column, says):
    text = file(line, "r0,Ratio,1,%,,,", row)
    [(number, at, message)] = [one for one in faults(read(line, text)) if says in one[2]]
    assert (number, at) == (3, column)
    assert says in message
    with pytest.raises(InvalidInput, match=f"Row 3, {column}"):
        bring(line, text)
    assert listed(line) == []


@pytest.mark.parametrize(
    ("time", "says"),
    [
        ("soon", "No time"),
        ("2126-01-01T00:00:00Z", "lies ahead"),
        ("0001-01-01T00:00:00+05:30", "before 1990"),
        ("1990-01-01T00:00:00Z", ""),
    ],
)
def test_a_time_is_read_or_refused(line, time, says):
    number = line.session()["number"]
    text = f"session,model,version,biomarker,value,time\n{number},Net,1,Ratio,5,{time}\n"
    found = faults(read(line, text))
    assert [says in message for _, _, message in found] == ([True] if says else [])


def test_a_run_with_other_figures_is_asked_to_take_another_name(line):
    bring(line, file(line, "r1,Ratio,1,%,,,"))
    other = file(line, "r1,Ratio,2,%,,,")
    [(number, column, message)] = faults(read(line, other))
    assert (number, column, "another name" in message) == (2, "Run", True)
    with pytest.raises(InvalidInput, match="another name"):
        bring(line, other)


def test_columns_are_chosen_and_those_that_are_not_there_are_refused(line):
    text = f"A,B,C,D,E\n{line.session()['number']},Net,1,Ratio,5\n"
    assert read(line, text).rows == []
    chosen = dict(zip(("session", "model", "model_version", "name", "value"), "ABCDE", strict=True))
    assert [row.value for row in read(line, text, columns=chosen).rows] == ["5"]
    for wrong, field in (
        (chosen | {"value": "Z"}, "columns.value"),
        (chosen | {"value": "A"}, "columns.value"),
        ({"session": "A"}, "columns.model"),
        (chosen | {"colour": "A"}, "columns.colour"),
    ):
        with pytest.raises(InvalidInput) as refused:
            read(line, text, columns=wrong)
        assert field in refused.value.fields


def test_no_bytes_do_anything_but_be_read_or_refused(line):
    for content in (b"", b"PK\x03\x04", b"\x00\x01", b"a,b\n", b"x" * 300_001):
        with pytest.raises((InvalidInput, ValueError)):
            platform.run(
                "biomarkers.read_file",
                line.owner,
                {"content": base64.b64encode(content).decode()},
            )
    with pytest.raises(InvalidInput, match="base 64"):
        platform.run("biomarkers.read_file", line.owner, {"content": "~~~~"})


def test_figures_are_brought_by_operators_about_their_own_sessions(line):
    auditor = member(line.owner, "Asha", "auditor")
    with pytest.raises(PermissionDenied):
        read(line, file(line, "r1,Ratio,1,%,,,"), ctx=auditor)
    line.deliver(good(SeriesInstanceUID=SERIES, SOPInstanceUID="1.2.826.77.3", InstanceNumber=3))
    text = HEAD + "IS/NONE/1,Net,1,r1,Ratio,1,%,,,\n"
    [(number, column, message)] = faults(read(line, text))
    assert (number, column, "no such session" in message) == (2, "Session", True)
