"""Handing objects in: what is acknowledged is there, what is refused says why."""

from pydicom.uid import generate_uid

from erp.core import db
from tests.dicom.objects import dataset, element_beyond_the_end, encode, good
from tests.dicomweb.bodies import BOUNDARY, body_of, failures, parts_of, stow, study_of

KIND = f'multipart/related; type="application/dicom"; boundary={BOUNDARY}'


def rows(organisation, sql):
    with db.unit_of_work(organisation.system) as session:
        return db.fetch_all(session, sql)


def test_fifty_objects_of_which_one_is_bad_are_stored_but_for_that_one(hospital, web):
    uid, objects = study_of(49)
    objects.insert(20, good(SOPInstanceUID=generate_uid(), Rows=0))
    answer = stow(web, hospital["technician"], objects)
    assert answer.status_code == 202
    said = answer.json()
    assert len(said["00081199"]["Value"]) == 49
    [(code, words)] = failures(answer)
    assert code == 0xC000
    assert "description is impossible" in words
    assert said["00081190"]["Value"][0].endswith(f"/studies/{uid}")
    [counted] = rows(hospital, "select instances from dicom_study")
    assert counted["instances"] == 49
    [held] = rows(hospital, "select reason_code from quarantine")
    assert held["reason_code"] == "bad_pixel_module"


def test_the_same_object_again_is_no_failure_and_stored_once(hospital, web):
    _, objects = study_of(2)
    assert stow(web, hospital["technician"], objects).status_code == 200
    again = stow(web, hospital["technician"], objects * 2)
    assert again.status_code == 200
    assert len(again.json()["00081199"]["Value"]) == 4
    assert len(rows(hospital, "select 1 from dicom_instance")) == 2


def test_other_bytes_of_the_same_identity_are_a_conflict_and_both_are_kept(hospital, web):
    first = good()
    assert stow(web, hospital["technician"], [first]).status_code == 200
    answer = stow(web, hospital["technician"], [good(WindowCenter=41)])
    assert answer.status_code == 409
    assert failures(answer)[0][0] == 0x0111
    [(_, kept)] = parts_of(
        web.get(f"/studies/{dataset().StudyInstanceUID}", headers=hospital["owner"].headers)
    )
    assert kept == first
    assert len(rows(hospital, "select 1 from quarantine where reason_code = 'uid_conflict'")) == 1


def test_an_address_with_a_study_takes_objects_of_that_study_only(hospital, web):
    uid, objects = study_of(1)
    _, others = study_of(1)
    answer = stow(web, hospital["technician"], objects + others, path=f"/studies/{uid}")
    assert answer.status_code == 202
    assert failures(answer)[0][0] == 0xA900
    assert len(rows(hospital, "select 1 from dicom_instance")) == 1
    assert rows(hospital, "select 1 from quarantine") == []


def test_an_empty_part_and_one_of_another_kind_are_named(hospital, web):
    _, objects = study_of(1)
    body = body_of([b"", *objects])
    body = body.replace(b"application/dicom\r\n\r\n\r\n", b"application/dicom\r\n\r\n\r\n", 1)
    text = b"--" + BOUNDARY.encode() + b"\r\nContent-Type: text/plain\r\n\r\nhello\r\n"
    answer = web.post(
        "/studies",
        content=text + body,
        headers=hospital["technician"].headers | {"content-type": KIND},
    )
    assert answer.status_code == 202
    assert {words for _, words in failures(answer)} == {
        "The part is text/plain; only application/dicom is taken.",
        "The part is empty.",
    }


def test_bodies_that_cannot_be_read_are_refused_and_nothing_is_stored(hospital, web):
    _, objects = study_of(1)
    whole = body_of(objects)
    headers = hospital["technician"].headers
    wrong = 'multipart/related; type="application/dicom"; boundary=other'
    cases = [
        (whole, wrong, 400, "boundary"),
        (whole, 'multipart/related; type="application/dicom"', 400, "boundary"),
        (whole, "application/dicom", 415, "multipart/related"),
        (whole, f'multipart/related; type="application/dicom+json"; boundary={BOUNDARY}', 415, ""),
        (b"", KIND, 400, "boundary"),
        (b"--" + BOUNDARY.encode() + b"--\r\n", KIND, 400, "no part"),
        (whole[: len(whole) // 2], KIND, 400, "closing boundary"),
        (b"x" * 20_000, KIND, 400, "boundary"),
        (b"--" + BOUNDARY.encode() + b"\r\n" + b"x: y\r\n" * 3000, KIND, 400, "head"),
    ]
    for body, kind, status, word in cases:
        answer = web.post("/studies", content=body, headers=headers | {"content-type": kind})
        assert answer.status_code == status, (kind, answer.text)
        assert word in answer.json()["detail"]
    assert rows(hospital, "select 1 from imaging_transfer") == []


def test_what_came_before_a_cut_is_stored(hospital, web):
    _, objects = study_of(3)
    body = body_of(objects)
    cut = body[: body.rindex(b"--" + BOUNDARY.encode() + b"\r\n") + 300]
    headers = hospital["technician"].headers | {"content-type": KIND}
    assert web.post("/studies", content=cut, headers=headers).status_code == 400
    assert len(rows(hospital, "select 1 from dicom_instance")) == 2


def test_a_boundary_may_lie_across_pieces_and_inside_large_parts(hospital, web):
    pixels = (b"\r\n--a-boundar" + bytes(5)) * 400_000
    side = 1600
    content = encode(
        dataset(
            Rows=side, Columns=side, PixelData=pixels[: side * side * 2], SOPInstanceUID="1.2.9"
        )
    )
    assert len(content) > 4 * 1024 * 1024
    body = body_of([content, *study_of(1)[1]])

    def pieces():
        for at in range(0, len(body), 65_521):
            yield body[at : at + 65_521]

    headers = hospital["technician"].headers | {"content-type": KIND}
    answer = web.post("/studies", content=pieces(), headers=headers)
    assert answer.status_code == 200, answer.text
    place = f"/studies/{dataset().StudyInstanceUID}"
    [(_, kept)] = parts_of(web.get(place, headers=hospital["owner"].headers))
    assert kept == content


def test_text_and_broken_objects_say_why(hospital, web):
    answer = stow(web, hospital["technician"], [b'{"a": 1}', element_beyond_the_end()])
    assert answer.status_code == 409
    assert [words.partition(".")[0] for _, words in failures(answer)] == [
        "Not a DICOM object",
        "Cut off",
    ]


def test_an_upload_says_plainly_what_became_of_each(hospital, web):
    _, objects = study_of(1)
    answer = stow(
        web, hospital["technician"], [*objects, *objects, b"no"], path="/studies?upload=true"
    )
    said = answer.json()["objects"]
    assert [one["status"] for one in said][2] in {"quarantined", "rejected"}
    assert sorted(one["status"] for one in said[:2]) == ["duplicate", "stored"]
    assert said[0]["session_id"] == said[1]["session_id"] != ""
    [way] = rows(hospital, "select kind from imaging_device")
    assert way["kind"] == "upload"
