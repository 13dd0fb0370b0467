"""What we vouch for: only what can be read, and nobody's question waits behind the unanswerable."""

from dataclasses import replace

import pytest

from erp.core import db
from erp.core.clock import utc_now
from erp.services import documents, imaging, platform
from tests.dicom.objects import SOP, good
from tests.services.imaging.line import intake
from tests.services.imaging.test_keeping import Archive

CT = "1.2.840.10008.5.1.4.1.1.2"


class Asker:
    """A peer that asks whether objects are kept."""

    def __init__(self, owner, title="CT1", device_id=None):
        self.owner = owner
        given = {"ae_title": title, "name": title, "address": "10.0.0.5"}
        self.device_id = device_id or platform.run("imaging.add_peer", owner, given).result.id
        with db.unit_of_work(owner) as session:
            known = db.fetch_one(session, "select id from dicom_entity")
        title = f"A{owner.tenant_id.hex[-10:]}".upper()
        self.entity_id = (
            known["id"]
            if known
            else platform.run("imaging.add_entity", owner, {"ae_title": title}).result.id
        )

    @property
    def ctx(self):
        return imaging.delivery_context(replace(self.owner, now=utc_now()))

    def ask(self, name, sop_uid=SOP):
        asked = imaging.RecordCommitment(
            device_id=self.device_id,
            entity_id=self.entity_id,
            transaction_uid=name,
            items=(imaging.CommitmentItem(sop_class=CT, sop_uid=sop_uid),),
        )
        return platform.run("imaging.record_commitment", self.ctx, asked).result.id

    def answer(self, name):
        """Ask, and return how many objects are vouched for and how many are not."""
        asked = self.ask(name)
        with db.unit_of_work(self.owner) as session:
            said = imaging.answer_commitment(session, self.ctx, asked)
        assert said is not None
        return len(said.kept), [reason for _, reason in said.refused]


@pytest.fixture
def asker(clinic):
    return Asker(clinic)


def test_bytes_known_to_be_bad_are_not_vouched_for_until_they_came_again(asker):
    taken = intake().deliver(asker.ctx, asker.device_id, "cstore", good())
    assert asker.answer("1.2.1") == (1, [])
    with db.unit_of_work(asker.owner) as session:
        [kept] = db.fetch_all(session, "select sha256 from dicom_instance")
        documents.note_check(session, asker.owner, kept["sha256"], "damaged")
    assert asker.answer("1.2.2") == (0, [0x0112])
    again = intake().deliver(asker.ctx, asker.device_id, "cstore", good())
    assert (taken.status, again.status) == ("stored", "duplicate")
    assert asker.answer("1.2.3") == (1, [])


def test_a_removed_study_is_not_vouched_for(clinic):
    archive = Archive(clinic)
    asker = Asker(clinic, device_id=archive.way)
    assert asker.answer("1.2.1") == (1, [])
    removal = archive.ask()
    archive.run("imaging.approve_removal", archive.manager, removal_id=removal)
    archive.remove(removal)
    assert asker.answer("1.2.2") == (0, [0x0112])


@pytest.mark.parametrize("retired", ["peer", "title"])
def test_a_question_nobody_may_be_told_about_holds_up_no_other(asker, retired):
    asked = asker.ask("1.2.1")

    def is_due():
        with db.ops_session() as session:
            due = imaging.due_commitments(session, utc_now(), 10_000)
        return asked in {question.id for question in due}

    assert is_due()
    if retired == "peer":
        platform.run("imaging.retire_device", asker.owner, {"device_id": asker.device_id})
    else:
        platform.run("imaging.retire_entity", asker.owner, {"entity_id": asker.entity_id})
    assert not is_due()


def test_the_lists_of_a_session_add_up_where_a_modality_asks_image_by_image(asker):
    other = f"{SOP}.7"
    for content in (good(), good(SOPInstanceUID=other)):
        intake().deliver(asker.ctx, asker.device_id, "cstore", content)
    asker.ask("1.2.1")
    asker.ask("1.2.2", other)
    with db.unit_of_work(asker.owner) as session:
        [held] = db.fetch_all(session, "select state, expected, stored from imaging_session")
    assert held == {"state": "complete", "expected": 2, "stored": 2}
