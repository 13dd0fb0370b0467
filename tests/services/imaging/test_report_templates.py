"""Templates: in versions, checked when saved; an old version prints for ever as it did."""

from dataclasses import replace

import pytest
from pydantic import ValidationError

from erp.core import db
from erp.core.errors import InvalidInput, NotFound, PermissionDenied
from erp.services import imaging
from erp.services.imaging.errors import SectionsMissing
from tests.dicom.objects import good
from tests.services.imaging.people import act, member

SHARP = {"key": "sharp", "label": "Sharp", "kind": "yes_no"}


@pytest.fixture
def asha(clinic):
    return member(clinic, "Asha")


@pytest.fixture
def meera(clinic):
    return member(clinic, "Meera", "manager")


@pytest.fixture
def pictured(line):
    """A session of the protocol Fundus with one picture."""
    content = good(PixelSpacing=[0.5, 0.5])
    line.tell(line.event("session.started", patient={"id": "P-100"}, protocol="Fundus"))
    line.deliver(content)
    line.complete(content)
    return line


def laid(*kinds, **texts):
    sections = [kind if isinstance(kind, dict) else {"kind": kind} for kind in kinds]
    return texts | ({"sections": sections} if kinds else {})


def save(who, template, code="Fundus"):
    return act(who, "save_report_template", {"code": code, "template": template})


def plan(line, report_id):
    with db.unit_of_work(line.owner) as session:
        return imaging.plan_report(session, line.owner, report_id)


def ask(line, **more):
    return line.ask("imaging.request_report", session_id=line.session()["id"], **more)


def done(line, owner):
    """Let the report that was asked for have been made."""
    owner.execute(
        "update imaging_report set status = 'failed' where session_id = %s", (line.session()["id"],)
    )


def test_a_report_keeps_the_version_it_was_asked_by(pictured, meera, owner):
    built_in = ask(pictured)
    assert plan(pictured, built_in.id).report.layout.title == "Session report"
    done(pictured, owner)
    assert save(meera, laid(title="Fundus of {patient}")).version == 1
    first = ask(pictured)
    assert save(meera, laid("signature", "patient", title="Second")).version == 2
    assert plan(pictured, first.id).report.layout.title != "Second"
    assert len(plan(pictured, first.id).report.layout.sections) == 9
    done(pictured, owner)
    layout = plan(pictured, ask(pictured).id).report.layout
    assert (layout.title, [s.kind for s in layout.sections]) == ("Second", ["signature", "patient"])


def test_a_template_is_never_changed(pictured, meera, owner):
    save(meera, laid())
    assert pictured.count("imaging_template") == 1
    with pytest.raises(Exception, match="imaging_template"):
        owner.execute("update imaging_template set content = '{}'")


def test_a_protocol_without_its_own_takes_that_of_every_other(pictured, meera):
    save(meera, laid(title="General"), code="")
    seen = act(meera, "get_report_template", {"code": "Fundus"})
    assert (seen.inherited, seen.version, seen.template.title) == ("general", 0, "General")
    save(meera, laid(title="Own"), code="FUNDUS")
    seen = act(meera, "get_report_template", {"code": "fundus"})
    assert (seen.inherited, seen.version, seen.template.title) == ("", 1, "Own")
    assert seen.example_id == pictured.session()["id"]
    assert plan(pictured, ask(pictured).id).report.layout.title == "Own"


def test_placeholders_are_filled_once_and_a_fact_is_never_read_as_one(pictured, meera, owner):
    owner.execute(
        "update imaging_session set patient_name = '{clinic} {x' where id = %s",
        (pictured.session()["id"],),
    )
    save(meera, laid(intro="{patient}, {protocol}, {patient_number}", header="{clinic}"))
    layout = plan(pictured, ask(pictured).id).report.layout
    assert layout.intro.startswith("{clinic} {x, Fundus, ")
    assert layout.header == "Eye clinic"


@pytest.mark.parametrize(
    ("template", "field", "said"),
    [
        (laid(title="{patient} {doctor}"), "title", r"\{doctor\} is no placeholder.*\{patient\}"),
        (laid(intro="{}"), "intro", "placeholder"),
        (laid(closing="{patient"), "closing", "brace stands alone"),
        (laid(footer="patient}"), "footer", "brace stands alone"),
        (laid(header="{{patient}}"), "header", "brace stands alone"),
        (laid(header="{patient.__class__}"), "header", "placeholder"),
        (laid("patient", "summary", "summary", "signature"), "sections", "stands twice"),
        (laid("summary", "signature"), "sections", "without patient"),
        (laid("patient"), "sections", "without signature"),
        (
            laid("patient", {"kind": "addenda", "is_required": True}, "signature"),
            "sections",
            "addenda cannot be required",
        ),
    ],
)
def test_a_template_that_could_not_be_printed_is_refused_by_its_field(meera, template, field, said):
    for command in ("save_report_template", "try_report_template"):
        with pytest.raises(InvalidInput, match=said) as refused:
            act(meera, command, {"code": "Fundus", "template": template})
        assert list(refused.value.fields) == [field]


@pytest.mark.parametrize(
    "template",
    [
        laid({"kind": "price"}, "patient", "signature"),
        laid("patient", {"kind": "images", "columns": 4}, "signature"),
        laid(title=""),
        laid(title="x" * 121),
        laid(intro="a\x00b"),
        laid(footer="a\nb"),
        laid(colour="red"),
    ],
)
def test_what_no_template_holds_is_refused(meera, template):
    with pytest.raises(ValidationError):
        save(meera, template)


def test_only_who_manages_makes_templates(asha):
    for command in ("save_report_template", "try_report_template"):
        with pytest.raises(PermissionDenied):
            act(asha, command, {"code": "", "template": laid()})
    assert act(asha, "get_report_template", {}).inherited == "built_in"


def test_required_sections_hold_the_report_up_by_name(pictured, asha, meera):
    sections = [
        {"kind": kind, "is_required": True}
        for kind in ("images", "measurements", "checklist", "comments", "summary", "signature")
    ]
    save(meera, laid("patient", *sections))
    with pytest.raises(SectionsMissing) as refused:
        ask(pictured)
    lacking = ["measurements", "checklist", "comments", "summary", "signature"]
    assert refused.value.details["sections"] == lacking
    assert "write it on the session's page" in refused.value.message
    assert pictured.count("imaging_report") == 0
    act(meera, "save_checklist", {"code": "Fundus", "items": [SHARP]})
    fulfil(pictured, asha)
    assert ask(pictured, findings="Fine").version == 1


def fulfil(line, asha):
    about = {"session_id": line.session()["id"]}
    [image] = line.rows("select id from dicom_instance")
    ends = ((1.0, 2.0), (11.0, 2.0))
    act(asha, "record_measurement", {"instance_id": image["id"], "frame": 1, "points_px": ends})
    act(asha, "answer_checklist", about | {"answers": {"sharp": "yes"}})
    act(asha, "write_summary", about | {"text": "All seen.", "version": 0})
    act(asha, "accept_session", about)
    assert act(asha, "sign_off_session", about | {"pin": "4821"}).is_signed


def preview(who, **wanted):
    with db.unit_of_work(who) as session:
        return imaging.plan_preview(session, who, imaging.PreviewReport(**wanted))


def test_a_preview_is_by_the_template_in_force_and_says_what_lacks(pictured, asha, meera):
    save(meera, laid("patient", {"kind": "summary", "is_required": True}, "signature"))
    report, pictures = preview(asha, session_id=pictured.session()["id"])
    assert report.is_preview
    assert "no summary" in report.notices[0]
    assert pictures == ()
    assert pictured.count("imaging_report") == 0


def test_a_trial_is_the_actors_own_and_makes_no_report(pictured, asha, meera, clinic):
    other = member(clinic, "Kiran", "manager")
    session_id = pictured.session()["id"]
    for title in ("First", "Tried"):
        given = {"code": "Fundus", "template": laid(title=title)}
        act(meera, "try_report_template", given)
    report, pictures = preview(meera, session_id=session_id, trial_code="fundus")
    assert (report.layout.title, len(pictures)) == ("Tried", 1)
    with pytest.raises(NotFound):
        preview(other, session_id=session_id, trial_code="fundus")
    with pytest.raises(PermissionDenied):
        preview(asha, session_id=session_id, trial_code="fundus")
    assert plan(pictured, ask(pictured).id).report.layout.title == "Session report"
    assert pictured.count("imaging_template_trial") == 1


def test_without_a_session_the_example_is_about_nobody(meera):
    report, pictures = preview(meera)
    assert (report.patient_name, pictures) == ("Example Patient", ())
    assert "invented" in report.notices[0]


def test_who_may_not_see_sessions_sees_no_preview(pictured, asha):
    nobody = replace(asha, permissions=frozenset({"party.view"}))
    with pytest.raises(PermissionDenied):
        preview(nobody, session_id=pictured.session()["id"])
