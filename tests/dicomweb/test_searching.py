"""Searches: every rule of matching, limits, and nothing of another organisation."""

import pytest
from pydicom.uid import generate_uid

from tests.dicom.objects import dataset, encode
from tests.dicomweb.bodies import stow

PEOPLE = (
    ("P-1", "Rao^Asha^K", "20240105", "081500", "CT", "Head", "A1", "19800229"),
    ("P-2", "Raoul^Jean-Pierre", "20240210", "101500", "MR", "Knee left", "A2", "19700101"),
    ("P-3", "Müller^Jörg", "20240315", "233000", "OP", "Macula OD", "A3", "19600615"),
    ("P-4", "Iyer^Meena", "20230630", "120000", "OP", "100% scan_1", "A4", "19991231"),
)


@pytest.fixture
def ask(hospital, web):
    """Search an archive of four studies; answers the patients found, in order."""
    objects = []
    for code, name, day, clock, modality, words, accession, born in PEOPLE:
        data = dataset(
            PatientID=code,
            PatientName=name,
            StudyDate=day,
            StudyTime=clock,
            Modality=modality,
            StudyDescription=words,
            AccessionNumber=accession,
            PatientBirthDate=born,
            StudyID=f"S{code}",
            SpecificCharacterSet="ISO_IR 192",
            StudyInstanceUID=f"1.2.3.{code[-1]}",
            SeriesInstanceUID=generate_uid(),
            SOPInstanceUID=generate_uid(),
        )
        objects.append(encode(data))
    assert stow(web, hospital["technician"], objects).status_code == 200

    def search(query: str, path: str = "/studies", status: int = 200) -> list[str]:
        answer = web.get(f"{path}?{query}", headers=hospital["auditor"].headers)
        if answer.status_code == 204:
            assert answer.content == b""
            return []
        assert answer.status_code == status, answer.text
        found = answer.json()
        return (
            [one["00100020"]["Value"][0] for one in found] if status == 200 else [found["detail"]]
        )

    return search


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["P-3", "P-2", "P-1", "P-4"]),
        ("PatientID=P-2", ["P-2"]),
        ("00100020=P-2", ["P-2"]),
        ("PatientID=p-2", []),
        ("PatientID=P-*", ["P-3", "P-2", "P-1", "P-4"]),
        ("PatientID=P-?", ["P-3", "P-2", "P-1", "P-4"]),
        ("PatientID=%25", []),
        ("StudyDescription=100%25*", ["P-4"]),
        ("StudyDescription=*scan_1", ["P-4"]),
        ("StudyDescription=*scan?1", ["P-4"]),
        ("StudyDescription=*scanx1", []),
        ("StudyInstanceUID=1.2.3.1,1.2.3.3", ["P-3", "P-1"]),
        ("StudyInstanceUID=1.2.3.1%5C1.2.3.3", ["P-3", "P-1"]),
        ("StudyInstanceUID=9.9", []),
        ("StudyDate=20240210", ["P-2"]),
        ("StudyDate=20240101-20240228", ["P-2", "P-1"]),
        ("StudyDate=-20231231", ["P-4"]),
        ("StudyDate=20240301-", ["P-3"]),
        ("StudyTime=10-13", ["P-2", "P-4"]),
        ("StudyTime=1015", ["P-2"]),
        ("StudyTime=-090000", ["P-1"]),
        ("AccessionNumber=A3", ["P-3"]),
        ("ModalitiesInStudy=OP", ["P-3", "P-4"]),
        ("ModalitiesInStudy=CT,MR", ["P-2", "P-1"]),
        ("ModalitiesInStudy=US", []),
        ("PatientName=Rao^Asha^K", ["P-1"]),
        ("PatientName=rao*", ["P-2", "P-1"]),
        ("PatientName=Asha&fuzzymatching=true", ["P-1"]),
        ("PatientName=ash rao&fuzzymatching=true", ["P-1"]),
        ("PatientName=jorg mull&fuzzymatching=true", ["P-3"]),
        ("PatientName=pierre&fuzzymatching=true", []),
        ("PatientName=asha&fuzzymatching=false", []),
        ("PatientBirthDate=19700101", ["P-2"]),
        ("PatientBirthDate=19600101-19751231", ["P-3", "P-2"]),
        ("StudyID=SP-4", ["P-4"]),
        ("StudyID=SP-*&StudyDate=2023-&limit=1", None),
        ("limit=2", ["P-3", "P-2"]),
        ("limit=2&offset=2", ["P-1", "P-4"]),
        ("offset=4", []),
        ("PatientID=&AccessionNumber=*", ["P-3", "P-2", "P-1", "P-4"]),
        ("PatientID=P-1&AccessionNumber=A2", []),
    ],
)
def test_studies_match_as_the_standard_says(ask, query, found):
    if found is None:
        assert "20240131" in ask(query, status=422)[0]
    else:
        assert ask(query) == found


@pytest.mark.parametrize(
    ("query", "word"),
    [
        ("NoSuchThing=1", "NoSuchThing"),
        ("StudyDate=yesterday", "00080020"),
        ("StudyDate=20241399", "00080020"),
        ("StudyTime=999999", "00080030"),
        ("StudyInstanceUID=..%2F..", "0020000D"),
        ("Modality=CT", "00080060"),
        ("PatientID=a&PatientID=b", "PatientID"),
        ("limit=many", "limit"),
        ("offset=-1", "offset"),
        ("includefield=Nonsense", "Nonsense"),
        ("PatientName=%00", "PatientName"),
    ],
)
def test_what_cannot_be_matched_is_refused_by_name(hospital, web, query, word):
    answer = web.get(f"/studies?{query}", headers=hospital["auditor"].headers)
    assert answer.status_code == 422
    assert word in answer.json()["detail"]


def test_series_and_instances_are_searched_too(ask, hospital, web):
    assert ask("Modality=OP", "/series") == ["P-3", "P-4"]
    assert ask("Modality=OP&PatientID=P-4", "/series") == ["P-4"]
    assert ask("InstanceNumber=7&Rows=16&PatientID=P-1", "/instances") == ["P-1"]
    assert ask("SOPClassUID=1.2.840.10008.5.1.4.1.1.2&PatientID=P-1", "/instances") == ["P-1"]
    below = web.get("/studies/1.2.3.1/series", headers=hospital["auditor"].headers).json()
    assert "00100020" not in below[0]
    assert below[0]["0020000D"]["Value"] == ["1.2.3.1"]


def test_more_than_the_limit_is_said_in_a_warning(ask, hospital, web):
    ask("")
    headers = hospital["auditor"].headers
    assert "offset 3" in web.get("/studies?limit=3", headers=headers).headers["warning"]
    assert "warning" not in web.get("/studies?limit=4", headers=headers).headers


def test_fields_are_sent_when_they_are_asked_for(ask, hospital, web):
    ask("")
    headers = hospital["auditor"].headers
    [plain] = web.get("/studies?PatientID=P-1", headers=headers).json()
    assert {"00080020", "00080061", "00081190", "00100010", "0020000D", "00201208"} <= plain.keys()
    assert plain["00080061"]["Value"] == ["CT"]
    assert plain["00080020"]["Value"] == ["20240105"]
    [more] = web.get(
        "/instances?PatientID=P-1&includefield=PixelSpacing,00281052", headers=headers
    ).json()
    assert more["00280030"]["Value"] == [0.5, 0.25]
    assert more["00281052"]["Value"] == [-1024]
    [every] = web.get("/instances?PatientID=P-1&includefield=all", headers=headers).json()
    assert "00281050" in every


def test_nothing_of_another_organisation_is_found(ask, hospital, bodhi, web):
    ask("")
    headers = bodhi["owner"].headers
    assert web.get("/studies?StudyInstanceUID=1.2.3.1", headers=headers).status_code == 204
    for path in (
        "/studies/1.2.3.1",
        "/studies/1.2.3.1/metadata",
        "/studies/1.2.3.1/thumbnail",
    ):
        assert web.get(path, headers=headers).status_code == 404
        assert web.get(path, headers=hospital["auditor"].headers).status_code == 200
    assert web.get("/studies/1.2.3.1/series", headers=headers).status_code == 204


def test_without_permission_or_token_nothing_is_answered(hospital, web):
    assert web.get("/studies").status_code == 401
    assert web.get("/studies", headers=hospital["cashier"].headers).status_code == 403
    assert stow(web, hospital["auditor"], [b"x"]).status_code == 403
