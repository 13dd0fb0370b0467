"""A laboratory with files, reports and rows that wait, and an input for every action that names one of them."""

from datetime import timedelta
from uuid import UUID

from tests.factories import Shop
from tests.isolation.examples import Example, Ids, only
from tests.services.laboratory.samples import (
    analyte,
    bring,
    observed,
    open_lab,
    oru,
    upload,
    waiting,
)


def laboratories(shop: Shop, patient_id: UUID) -> Ids:
    """Take a file in that brings a result and leaves rows waiting, and keep another."""
    lab = open_lab(shop)
    told = {"laboratory_id": lab, "patient_id": patient_id, "day": str(shop.ctx.today)}
    made = shop.run(
        "laboratory.record_result",
        told | {"analyte_id": analyte(shop, "HBA1C"), "value": "5.4", "report_number": "M1"},
    )
    bring(
        shop,
        lab,
        oru("H9", observed("4548-4", "5.4", "%"), "NM|X1^Odd^L||5|%|||||F", name="^", born=""),
    )
    rows = waiting(shop)
    bring(shop, lab, oru("H7", "NM|X2^Other^L||5|%|||||F", name="^", born=""))
    other = next(row for row in waiting(shop) if row.code == "X2")
    shop.run("laboratory.map_test", {"row_id": other.id, "analyte_id": analyte(shop, "HB")})
    [mapping] = shop.run("laboratory.list_mappings", {}).rows
    return {
        "mapping_id": mapping.id,
        "laboratory_id": lab,
        "lab_patient_id": patient_id,
        "other_patient_id": shop.run(
            "party.create_party", {"name": "Other", "kind": "patient", "state_code": "27"}
        ).id,
        "analyte_id": analyte(shop, "HB"),
        "unused_analyte_id": analyte(shop, "TSH"),
        "lab_file_id": upload(shop, lab, oru("H8", observed("4548-4", "5.4", "%"))).id,
        "waiting_file_id": rows[0].file_id,
        "measured_analyte_id": analyte(shop, "HBA1C"),
        "lab_row_id": rows[0].id,
        "odd_row_id": rows[1].id,
        "lab_report_id": made.report_id,
        "lab_result_id": made.id,
    }


EXAMPLES: dict[str, Example] = {
    "laboratory.change_laboratory": only("laboratory_id", name="Renamed"),
    "laboratory.set_analyte": lambda i, _: {
        "analyte_id": i["unused_analyte_id"],
        "code": "TSH",
        "name": "Thyrotropin",
        "panel": "Thyroid",
        "unit": "uIU/mL",
    },
    "laboratory.list_files": only("laboratory_id"),
    "laboratory.list_waiting": lambda i, _: {
        "laboratory_id": i["laboratory_id"],
        "file_id": i["waiting_file_id"],
    },
    "laboratory.preview_file": lambda i, _: {"file_id": i["lab_file_id"]},
    "laboratory.import_file": lambda i, _: {"file_id": i["lab_file_id"]},
    "laboratory.suggest_patients": lambda i, _: {"row_id": i["lab_row_id"]},
    "laboratory.match_patient": lambda i, _: {
        "row_id": i["lab_row_id"],
        "patient_id": i["lab_patient_id"],
    },
    "laboratory.list_mappings": only("laboratory_id", "analyte_id"),
    "laboratory.change_mapping": lambda i, _: {
        "mapping_id": i["mapping_id"],
        "analyte_id": i["analyte_id"],
    },
    "laboratory.map_test": lambda i, _: {
        "row_id": i["odd_row_id"],
        "analyte_id": i["analyte_id"],
    },
    "laboratory.discard_rows": lambda i, _: {"row_ids": [i["lab_row_id"]], "reason": "x"},
    "laboratory.try_rows": only("laboratory_id"),
    "laboratory.record_result": lambda i, s: {
        "laboratory_id": i["laboratory_id"],
        "patient_id": i["lab_patient_id"],
        "analyte_id": i["analyte_id"],
        "day": str(s.ctx.today),
        "value": "13",
    },
    "laboratory.correct_result": lambda i, _: {
        "result_id": i["lab_result_id"],
        "value": "5.5",
        "reason": "misread",
    },
    "laboratory.withdraw_result": lambda i, _: {"result_id": i["lab_result_id"], "reason": "x"},
    "laboratory.move_report": lambda i, _: {
        "report_id": i["lab_report_id"],
        "patient_id": i["other_patient_id"],
        "reason": "mixed up",
    },
    "laboratory.list_reports": lambda i, _: {
        "laboratory_id": i["laboratory_id"],
        "patient_id": i["lab_patient_id"],
    },
    "laboratory.get_report": lambda i, _: {"report_id": i["lab_report_id"]},
    "laboratory.get_trends": lambda i, _: {"patient_id": i["lab_patient_id"]},
    "laboratory.list_results": lambda i, _: {
        "patient_id": i["lab_patient_id"],
        "analyte_id": i["measured_analyte_id"],
    },
    "imaging.get_day": only("branch_id"),
    "imaging.book_appointment": lambda i, s: {
        "patient_id": i["lab_patient_id"],
        "device_id": i["device_id"],
        "branch_id": i["branch_id"],
        "day": str(s.ctx.today + timedelta(days=2)),
        "time": "10:00",
        "procedure": "Fundus",
    },
    "imaging.move_appointment": lambda i, s: {
        "order_id": i["imaging_order_id"],
        "device_id": i["device_id"],
        "day": str(s.ctx.today + timedelta(days=2)),
        "time": "12:00",
    },
    "imaging.note_attendance": lambda i, _: {
        "order_id": i["imaging_order_id"],
        "attendance": "arrived",
    },
    "imaging.take_back_appointment": lambda i, _: {"order_id": i["gone_order_id"]},
}
