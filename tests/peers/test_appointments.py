"""What is booked is on the worklist that dcmtk's findscu reads, when and as long as it stands."""

from datetime import timedelta

from tests.peers.test_searching import patient, search

STEP = "ScheduledProcedureStepSequence[0]."


def test_an_appointment_is_on_the_worklist_until_it_is_cancelled(scp, hospital):
    title = hospital.peer(modality="OP")
    tomorrow = hospital.ctx.today + timedelta(days=1)
    made = hospital.run(
        "imaging.book_appointment",
        patient_id=patient(hospital),
        device_id=hospital.peers[title],
        procedure="Fundus",
        day=str(tomorrow),
        time="10:05",
    )
    keys = ["AccessionNumber", f"{STEP}Modality", f"{STEP}ScheduledProcedureStepStartTime"]

    def asked(day):
        wanted = f"{STEP}ScheduledProcedureStepStartDate={day:%Y%m%d}"
        found = search(scp, hospital, title, "", *keys, wanted, model="-W")
        return [item["AccessionNumber"] for item in found]

    assert asked(tomorrow) == [made.accession]
    later = tomorrow + timedelta(days=1)
    moved = {"order_id": made.id, "day": str(later), "time": "11:00"}
    hospital.run("imaging.move_appointment", **moved)
    assert (asked(tomorrow), asked(later)) == ([], [made.accession])
    hospital.run("imaging.cancel_order", order_id=made.id)
    assert asked(later) == []
