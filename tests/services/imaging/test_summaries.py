"""The summary: versions nobody overwrites, hidden from a second reader, frozen by the signature."""

import json
from functools import partial
from types import SimpleNamespace

import pytest

from erp.adapters.object_storage import object_storage
from erp.core import db
from erp.core.errors import NotFound, PermissionDenied
from erp.core.ids import new_id
from erp.services import documents, imaging
from erp.services.imaging.errors import (
    ClaimedByAnother,
    NotReviewable,
    SignedOff,
    SummaryOvertaken,
    SummaryWaits,
)
from erp.services.imaging.sending import UnknownReport
from tests.concurrency.crowd import at_once
from tests.dicom.objects import good
from tests.services.imaging.people import PIN, act, member


@pytest.fixture
def asha(clinic):
    return member(clinic, "Asha")


@pytest.fixture
def meera(clinic):
    return member(clinic, "Meera", "manager")


@pytest.fixture
def complete(line):
    content = good(PixelSpacing=[0.5, 0.5])
    line.start()
    line.deliver(content)
    line.complete(content)
    return line


def of(line, **more):
    return {"session_id": line.session()["id"]} | more


def write(line, who, text, version=0):
    return act(who, "write_summary", of(line, text=text, version=version))


def seen(line, who):
    return act(who, "get_summary", of(line))


def printed(line):
    asked = line.ask("imaging.request_report", **of(line))
    with db.unit_of_work(line.owner) as session:
        plan = imaging.plan_report(session, line.owner, asked.id)
    assert plan is not None
    return plan.report.summary


def test_each_save_is_a_version_and_writing_claims_the_session(complete, asha):
    assert write(complete, asha, "First words").version == 1
    assert complete.session()["claimed_by"] == asha.user_id
    assert complete.session()["qa_state"] == "in_review"
    assert write(complete, asha, "  Better words\n", 1).version == 2
    found = seen(complete, asha)
    assert (found.text, found.version, found.may_write) == ("Better words", 2, True)
    assert [row.text for row in found.versions] == ["Better words", "First words"]


def test_two_who_write_do_not_overwrite_each_other(complete, asha):
    write(complete, asha, "Mine")
    with pytest.raises(SummaryOvertaken, match="Asha wrote version 1 meanwhile"):
        write(complete, asha, "Theirs", 0)
    assert seen(complete, asha).text == "Mine"


def test_of_two_saves_at_once_one_is_kept(complete, asha):
    act(asha, "start_review", of(complete))
    answers = at_once([partial(attempt, complete, asha, text) for text in ("One", "Two", "Three")])
    assert sorted(answers) == ["kept", "summary_overtaken", "summary_overtaken"]
    assert complete.count("imaging_summary") == 1


def attempt(line, who, text):
    try:
        write(line, who, text)
    except SummaryOvertaken as refused:
        return refused.code
    return "kept"


def test_nobody_but_the_holder_writes(complete, asha, meera):
    act(asha, "start_review", of(complete))
    with pytest.raises(ClaimedByAnother):
        write(complete, meera, "Words")
    assert not seen(complete, meera).may_write


def test_writing_takes_the_permission(complete, clinic):
    auditor = member(clinic, "Kiran", "auditor")
    with pytest.raises(PermissionDenied):
        write(complete, auditor, "Words")
    assert not seen(complete, auditor).may_write


def test_a_session_on_hold_is_resumed_first(complete, asha):
    act(asha, "hold_session", of(complete, note="waiting"))
    with pytest.raises(NotReviewable, match="Resume"):
        write(complete, asha, "Words")


def test_a_second_reader_does_not_see_the_words_of_the_first(complete, asha, meera):
    rules = {"routine_minutes": 600, "urgent_minutes": 120, "stat_minutes": 30}
    act(meera, "save_protocol", rules | {"second_reader": "always"})
    write(complete, asha, "I reject it")
    act(asha, "accept_session", of(complete))
    hidden = seen(complete, meera)
    assert (hidden.is_hidden, hidden.text, hidden.versions, hidden.version) == (True, "", [], 0)
    assert seen(complete, asha).text == "I reject it"
    for who in (asha, meera):
        with pytest.raises(SummaryWaits):
            write(complete, who, "More", 1)
    assert printed(complete) is None
    act(meera, "accept_session", of(complete))
    assert seen(complete, meera).text == "I reject it"


def test_a_second_reader_is_not_handed_the_paper_of_the_first(complete, asha, meera):
    rules = {"routine_minutes": 600, "urgent_minutes": 120, "stat_minutes": 30}
    act(meera, "save_protocol", rules | {"second_reader": "always"})
    write(complete, asha, "I reject it")
    act(asha, "request_report", of(complete))
    act(asha, "accept_session", of(complete))
    papers = [len(act(who, "get_session", of(complete)).reports) for who in (asha, meera)]
    assert papers == [1, 0]
    drawn = _drawn(complete, b"what asha wrote")
    assert [_may_open(who, drawn) for who in (asha, meera)] == [True, False]
    with pytest.raises(UnknownReport):
        act(meera, "send_report", {"report_id": drawn.report_id, "to_address": "me@example.com"})
    act(meera, "accept_session", of(complete))
    assert len(act(meera, "get_session", of(complete)).reports) == 1


def _drawn(line, content):
    """Finish the report that waits, as the worker does."""
    [row] = line.rows("select id, session_id from imaging_report")
    new = documents.NewDocument(
        "imaging_session", row["session_id"], "report", "r.pdf", "application/pdf"
    )
    with db.unit_of_work(line.owner) as session:
        plan = imaging.plan_report(session, line.owner, row["id"])
        kept = documents.store_bytes(session, line.owner, object_storage(), new, content)
        imaging.finish_report(session, line.owner, plan, kept.id)
    return SimpleNamespace(report_id=row["id"], document_id=kept.id, session_id=row["session_id"])


def _may_open(who, drawn):
    """Tell whether somebody finds the paper and may have its bytes; one is as good as the other."""
    wanted = documents.FindDocuments(origin_type="imaging_session", origin_id=drawn.session_id)
    asked = documents.GetDocument(document_id=drawn.document_id)
    with db.unit_of_work(who) as session:
        found = documents.find_documents(session, who, wanted).rows
        try:
            documents.get_document(session, who, asked)
        except NotFound:
            assert not found
            return False
    return [row.id for row in found] == [drawn.document_id]


def test_a_report_that_was_given_up_is_not_finished_late(complete, asha):
    write(complete, asha, "Words")
    act(asha, "request_report", of(complete))
    [row] = complete.rows("select id, session_id from imaging_report")
    with db.unit_of_work(complete.owner) as session:
        plan = imaging.plan_report(session, complete.owner, row["id"])
        imaging.fail_report(session, complete.owner, row["id"], row["session_id"], "No paper.")
    with db.unit_of_work(complete.owner) as session:
        imaging.finish_report(session, complete.owner, plan, new_id())
    [after] = complete.rows("select status, document_id from imaging_report")
    assert (after["status"], after["document_id"]) == ("failed", None)
    told = complete.rows("select 1 from event where name like 'imaging.report_finished%%'")
    assert len(told) == 1


def test_the_signature_freezes_it_and_the_database_keeps_it_so(complete, asha, owner):
    write(complete, asha, "Seen whole")
    act(asha, "accept_session", of(complete))
    assert write(complete, asha, "Seen whole.", 1).version == 2
    assert act(asha, "sign_off_session", of(complete, pin=PIN)).is_signed
    [signature] = complete.rows("select content from qa_signature")
    signed = json.loads(signature["content"])["summary"]
    assert (signed["text"], signed["version"]) == ("Seen whole.", 2)
    with pytest.raises(SignedOff):
        write(complete, asha, "Other", 2)
    assert seen(complete, asha).is_signed
    own = "insert into imaging_summary select tenant_id, gen_random_uuid(), session_id, 3,"
    rest = " review_round, 'Other', '', author_id, author_name, now() from imaging_summary"
    with pytest.raises(Exception, match="signed off"):
        owner.execute(f"{own}{rest} where session_id = %s limit 1", (complete.session()["id"],))
    with pytest.raises(Exception, match="imaging_summary"):
        owner.execute("update imaging_summary set text = 'Other'")


def test_a_report_prints_it_as_a_draft_until_it_is_signed(complete, asha, owner):
    write(complete, asha, "Seen whole")
    assert "Draft" in printed(complete).note
    own = "update imaging_report set status = 'failed' where tenant_id = %s"
    owner.execute(own, (asha.tenant_id,))
    act(asha, "accept_session", of(complete))
    act(asha, "sign_off_session", of(complete, pin=PIN))
    summary = printed(complete)
    assert (summary.text, summary.note) == ("Seen whole", "")
    assert summary.written.startswith("Asha, ")


def test_a_reopened_session_is_written_anew_and_keeps_its_versions(complete, asha, meera):
    write(complete, asha, "Seen whole")
    act(asha, "accept_session", of(complete))
    act(asha, "sign_off_session", of(complete, pin=PIN))
    act(meera, "reopen_session", of(complete, note="Wrong eye"))
    assert write(complete, meera, "Left eye", 1).version == 2
    assert [row.text for row in seen(complete, meera).versions] == ["Left eye", "Seen whole"]
