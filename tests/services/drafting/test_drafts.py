"""Drafts: shown before they go, logged word for word, taken by a person, stale when facts change."""

import json

import pytest
from psycopg import sql

from erp.core import db
from erp.core.errors import InvalidInput, NotFound, PermissionDenied
from erp.core.settings import get_settings
from erp.services import drafting, platform
from erp.services.drafting.errors import (
    DraftEnded,
    DraftOvertaken,
    DraftRunning,
    IdentityRemains,
    NoModel,
    NothingToDraft,
    TooManyDrafts,
    UnknownDraft,
)
from erp.services.drafting.hiding import Hider
from erp.services.imaging.errors import ClaimedByAnother, SignedOff, SummaryOvertaken, SummaryWaits
from tests.concurrency.crowd import at_once
from tests.dicom.objects import good
from tests.fixtures.clinics import open_clinic
from tests.services.imaging.line import make_line
from tests.services.imaging.people import PIN, act, member

SHARP = {"key": "sharp", "label": "Sharp", "kind": "yes_no", "is_required": False}
CHANGE = sql.SQL("update ai_draft set {} = 'other' where id = %s")
TEXT = "One picture was taken. The length is 5 mm."


@pytest.fixture
def model(monkeypatch):
    """A language model is configured; nobody asks it here."""
    monkeypatch.setattr(get_settings(), "llm_url", "http://127.0.0.1:9/v1")
    monkeypatch.setattr(get_settings(), "llm_model", "test-model")


@pytest.fixture
def clinic(engine):
    assert engine
    return open_clinic()


@pytest.fixture
def asha(clinic):
    return member(clinic, "Asha")


@pytest.fixture
def meera(clinic):
    return member(clinic, "Meera", "manager")


@pytest.fixture
def measured(clinic, asha):
    """A session with a length of 5 mm, claimed by Asha."""
    line = make_line(clinic)
    content = good(PixelSpacing=[0.5, 0.5])
    line.start()
    line.deliver(content)
    line.complete(content)
    draw(line, asha)
    act(asha, "start_review", of(line))
    return line


def of(line, **more):
    return {"session_id": line.session()["id"]} | more


def draw(line, who, at=1.0):
    [image] = line.rows("select id from dicom_instance")
    ends = ((at, 2.0), (at + 10, 2.0))
    act(who, "record_measurement", {"instance_id": image["id"], "frame": 1, "points_px": ends})


def run(who, name, **given):
    return platform.run(f"drafting.{name}", who, given).result


def show(line, who):
    return run(who, "show_input", **of(line))


def ask(line, who):
    return run(who, "ask_draft", **of(line, input_digest=show(line, who).input_digest)).id


def listed(line, who):
    return run(who, "list_drafts", **of(line)).rows


def write(who, draft_id, text=TEXT, problem=""):
    """Do what the job does, with this answer."""
    with db.unit_of_work(who) as session:
        draft = drafting.begin_draft(session, who, draft_id)
    assert draft is not None
    with db.unit_of_work(who) as session:
        drafting.end_draft(session, who, draft, drafting.ModelAnswer(text, problem))


def ready(line, who, text=TEXT):
    draft_id = ask(line, who)
    write(who, draft_id, text)
    return draft_id


@pytest.mark.usefixtures("model")
def test_what_is_shown_is_what_is_kept_to_be_sent(measured, asha):
    shown = show(measured, asha)
    body = json.loads(shown.request)
    assert body["model"] == "test-model"
    facts = json.loads(body["messages"][1]["content"])
    assert facts["measurements"] == [
        {"what": "length", "image": facts["measurements"][0]["image"], "frame": 1, "value": 5.0, "unit": "mm"}
    ]  # fmt: skip
    ask(measured, asha)
    [row] = measured.rows("select request, status, asked_by_name from ai_draft")
    assert (row["request"], row["status"], row["asked_by_name"]) == (
        shown.request,
        "queued",
        "Asha",
    )


@pytest.mark.usefixtures("model")
def test_facts_that_changed_since_they_were_shown_are_not_sent(measured, asha):
    seen = show(measured, asha).input_digest
    draw(measured, asha, 3.0)
    with pytest.raises(DraftOvertaken):
        run(asha, "ask_draft", **of(measured, input_digest=seen))
    assert measured.count("ai_draft") == 0


@pytest.mark.usefixtures("model")
def test_a_draft_is_taken_changed_and_becomes_a_summary_of_its_author(measured, asha):
    draft_id = ready(measured, asha)
    [row] = listed(measured, asha)
    assert (row.status, row.answer, row.is_stale, row.unmeasured) == ("ready", TEXT, False, [])
    run(asha, "accept_draft", draft_id=draft_id, text=f"{TEXT} Checked.", version=0)
    summary = act(asha, "get_summary", of(measured))
    assert summary.text == f"{TEXT} Checked."
    assert (summary.versions[0].drafted_by, summary.versions[0].author_name) == (
        "test-model",
        "Asha",
    )
    [row] = listed(measured, asha)
    assert (row.status, row.answer, row.decided_by_name) == ("accepted", TEXT, "Asha")
    with pytest.raises(DraftEnded):
        run(asha, "accept_draft", draft_id=draft_id, text=TEXT, version=1)


@pytest.mark.usefixtures("model")
def test_a_summary_worked_on_further_still_says_which_model_drafted_it_first(measured, asha):
    run(asha, "accept_draft", draft_id=ready(measured, asha), text=TEXT, version=0)
    said = []
    for version, text in enumerate((f"{TEXT} Again.", "", "Words of my own."), 1):
        act(asha, "write_summary", of(measured, text=text, version=version))
        said.append(act(asha, "get_summary", of(measured)).versions[0].drafted_by)
    assert (said[0], said[2]) == ("test-model", "")


@pytest.mark.usefixtures("model")
def test_a_draft_of_other_facts_is_stale_and_cannot_be_taken(measured, asha):
    draft_id = ready(measured, asha)
    draw(measured, asha, 3.0)
    assert listed(measured, asha)[0].is_stale
    with pytest.raises(DraftOvertaken):
        run(asha, "accept_draft", draft_id=draft_id, text=TEXT, version=0)
    assert measured.count("imaging_summary") == 0
    run(asha, "discard_draft", draft_id=draft_id)
    assert listed(measured, asha)[0].status == "discarded"


@pytest.mark.usefixtures("model")
def test_a_figure_nobody_measured_is_named(measured, asha):
    ready(measured, asha, "The length is 17.25 mm.")
    assert listed(measured, asha)[0].unmeasured == ["17.25"]


@pytest.mark.usefixtures("model")
def test_a_draft_does_not_overwrite_what_was_written_meanwhile(measured, asha):
    draft_id = ready(measured, asha)
    act(asha, "write_summary", of(measured, text="My own", version=0))
    with pytest.raises(SummaryOvertaken):
        run(asha, "accept_draft", draft_id=draft_id, text=TEXT, version=0)
    assert listed(measured, asha)[0].status == "ready"
    with pytest.raises(InvalidInput, match="Discard"):
        run(asha, "accept_draft", draft_id=draft_id, text=" \n", version=1)


@pytest.mark.usefixtures("model")
def test_of_two_who_ask_at_once_one_is_told(measured, asha):
    seen = show(measured, asha).input_digest

    def attempt():
        try:
            run(asha, "ask_draft", **of(measured, input_digest=seen))
        except DraftRunning as refused:
            return refused.code
        return "asked"

    assert sorted(at_once([attempt] * 3)) == ["asked", "draft_running", "draft_running"]


@pytest.mark.usefixtures("model")
def test_a_cancelled_draft_stays_cancelled_whatever_the_model_says(measured, asha):
    draft_id = ask(measured, asha)
    with db.unit_of_work(asha) as session:
        draft = drafting.begin_draft(session, asha, draft_id)
    run(asha, "cancel_draft", draft_id=draft_id)
    with db.unit_of_work(asha) as session:
        assert not drafting.is_wanted(session, asha, draft_id)
        drafting.end_draft(session, asha, draft, drafting.ModelAnswer(TEXT))
        assert drafting.begin_draft(session, asha, draft_id) is None
    [row] = listed(measured, asha)
    assert (row.status, row.answer) == ("cancelled", "")
    with pytest.raises(DraftEnded):
        run(asha, "cancel_draft", draft_id=draft_id)
    assert ask(measured, asha)


@pytest.mark.usefixtures("model")
def test_a_failed_draft_says_why_and_another_may_be_asked_for(measured, asha):
    write(asha, ask(measured, asha), "<p>x</p>", "markup")
    [row] = listed(measured, asha)
    assert (row.status, row.answer, row.problem) == ("failed", "<p>x</p>", "markup")
    with pytest.raises(DraftEnded):
        run(asha, "accept_draft", draft_id=row.id, text=TEXT, version=0)
    assert ask(measured, asha)


@pytest.mark.usefixtures("model")
def test_what_a_worker_left_behind_stands_in_nobodys_way(measured, asha, owner):
    about = (ask(measured, asha),)
    owner.execute("update ai_draft set status = 'running' where id = %s", about)
    with pytest.raises(DraftRunning):
        ask(measured, asha)
    owner.execute("alter table ai_draft disable trigger ai_draft_kept")
    owner.execute("update ai_draft set asked_at = now() - interval '1 hour' where id = %s", about)
    owner.execute("alter table ai_draft enable trigger ai_draft_kept")
    assert listed(measured, asha)[0].status == "failed"
    assert ask(measured, asha)
    assert [row.status for row in listed(measured, asha)] == ["queued", "failed"]


@pytest.mark.usefixtures("model")
def test_an_organisation_has_its_share_of_a_day(measured, asha, monkeypatch):
    monkeypatch.setattr(get_settings(), "llm_drafts_per_day", 1)
    draft_id = ready(measured, asha)
    assert run(asha, "list_drafts", **of(measured)).left_today == 0
    run(asha, "discard_draft", draft_id=draft_id)
    with pytest.raises(TooManyDrafts, match="1 drafts today"):
        ask(measured, asha)


def test_without_a_model_nothing_is_offered_and_the_summary_is_written_all_the_same(measured, asha):
    found = run(asha, "list_drafts", **of(measured))
    assert (found.is_set_up, found.rows) == (False, [])
    for name, more in (("show_input", {}), ("ask_draft", {"input_digest": "0" * 64})):
        with pytest.raises(NoModel, match="LLM_URL"):
            run(asha, name, **of(measured, **more))
    assert act(asha, "write_summary", of(measured, text="Mine", version=0)).version == 1


@pytest.mark.usefixtures("model")
def test_of_nothing_nothing_is_drafted(clinic, asha):
    line = make_line(clinic)
    content = good()
    line.start()
    line.deliver(content)
    with pytest.raises(NothingToDraft, match="Measure"):
        show(line, asha)


@pytest.mark.usefixtures("model")
def test_if_anything_of_the_person_is_overlooked_nothing_is_sent(measured, asha, monkeypatch):
    monkeypatch.setattr(Hider, "remains", lambda *_: True)
    with pytest.raises(IdentityRemains, match="nothing is sent"):
        show(measured, asha)
    assert measured.count("ai_draft") == 0


@pytest.mark.usefixtures("model")
def test_who_may_not_review_neither_asks_nor_reads(measured, asha, clinic):
    auditor = member(clinic, "Kiran", "auditor")
    draft_id = ready(measured, asha)
    for name, given in (
        ("show_input", of(measured)),
        ("list_drafts", of(measured)),
        ("ask_draft", of(measured, input_digest="0" * 64)),
        ("cancel_draft", {"draft_id": draft_id}),
        ("accept_draft", {"draft_id": draft_id, "text": TEXT, "version": 0}),
    ):
        with pytest.raises(PermissionDenied):
            run(auditor, name, **given)


@pytest.mark.usefixtures("model")
def test_until_a_session_is_decided_others_see_that_but_not_what(measured, asha, meera):
    act(meera, "save_checklist", {"items": [SHARP]})
    act(asha, "answer_checklist", of(measured, answers={"sharp": "no"}))
    draft_id = ready(measured, asha)
    [row] = listed(measured, meera)
    assert (row.is_hidden, row.request, row.answer, row.facts) == (True, "", "", "")
    with pytest.raises(UnknownDraft):
        run(meera, "discard_draft", draft_id=draft_id)
    with pytest.raises(ClaimedByAnother):
        ask(measured, meera)
    act(asha, "accept_session", of(measured))
    [row] = listed(measured, meera)
    assert (row.is_hidden, row.answer) == (False, TEXT)
    assert '"Sharp"' in row.request.replace("\\", "")


@pytest.mark.usefixtures("model")
def test_the_history_of_a_draft_does_not_tell_a_second_reader(measured, asha, meera):
    rules = {"routine_minutes": 600, "urgent_minutes": 120, "stat_minutes": 30}
    act(meera, "save_protocol", rules | {"second_reader": "always"})
    draft_id = ready(measured, asha)
    run(asha, "accept_draft", draft_id=draft_id, text=TEXT, version=0)
    act(asha, "accept_session", of(measured))
    asked = {"record_id": draft_id}
    told = platform.run("platform.list_history", meera, asked).result.model_dump_json()
    assert "Asha" in told
    assert TEXT not in told


@pytest.mark.usefixtures("model")
def test_a_second_reader_neither_sees_nor_asks(measured, asha, meera):
    rules = {"routine_minutes": 600, "urgent_minutes": 120, "stat_minutes": 30}
    act(meera, "save_protocol", rules | {"second_reader": "always"})
    draft_id = ready(measured, asha)
    act(asha, "accept_session", of(measured, note="All is sharp"))
    assert listed(measured, meera)[0].is_hidden
    with pytest.raises(SummaryWaits):
        run(asha, "accept_draft", draft_id=draft_id, text=TEXT, version=0)
    with pytest.raises(SummaryWaits):
        ask(measured, meera)
    assert "sharp" not in show(measured, meera).request.split("user", 1)[1]


@pytest.mark.usefixtures("model")
def test_a_signed_session_takes_no_draft(measured, asha):
    act(asha, "accept_session", of(measured))
    draft_id = ready(measured, asha)
    act(asha, "sign_off_session", of(measured, pin=PIN))
    with pytest.raises(SignedOff):
        run(asha, "accept_draft", draft_id=draft_id, text=TEXT, version=0)
    with pytest.raises(SignedOff):
        ask(measured, asha)


@pytest.mark.usefixtures("model")
def test_another_organisations_drafts_do_not_exist(measured, asha):
    draft_id = ready(measured, asha)
    stranger = member(open_clinic(), "Nina")
    with pytest.raises(UnknownDraft):
        run(stranger, "cancel_draft", draft_id=draft_id)
    with pytest.raises(NotFound):
        run(stranger, "list_drafts", **of(measured))


@pytest.mark.usefixtures("model")
def test_the_database_itself_keeps_what_was_sent_and_what_came(measured, asha, owner):
    draft_id = ready(measured, asha)
    for column in ("request", "model", "input_digest", "answer", "problem", "asked_by_name"):
        with pytest.raises(Exception, match="a draft keeps"):
            owner.execute(CHANGE.format(sql.Identifier(column)), (draft_id,))
    with db.unit_of_work(asha) as session, pytest.raises(Exception, match="permission denied"):
        db.execute(session, "delete from ai_draft")
