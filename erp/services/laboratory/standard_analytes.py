"""What a homoeopathic clinic orders most: the analytes a tenant starts with.

Codes are LOINC's. The reference ranges are common ones for adults and a starting point only:
whatever range a laboratory tells with its result counts before them, and each can be changed.
"""

from dataclasses import dataclass
from typing import Final

ADULT: Final = 18


@dataclass(frozen=True, slots=True)
class StandardAnalyte:
    """An analyte with its ranges: `low-high` for everybody, or one for men and one for women."""

    code: str
    name: str
    panel: str
    loinc: str
    unit: str
    decimals: int
    everyone: str = ""
    men: str = ""
    women: str = ""
    kind: str = "number"

    def ranges(self) -> list[dict[str, object]]:
        """Return its ranges as they are kept."""
        by_sex = {"": self.everyone, "male": self.men, "female": self.women}
        return [_range(sex, text) for sex, text in by_sex.items() if text]


def _range(sex: str, text: str) -> dict[str, object]:
    low, _, high = text.partition("-")
    ends = {"low": low or None, "high": high or None}
    return {"sex": sex, "from_years": ADULT, "to_years": None, **ends}


_A = StandardAnalyte
BLOOD, LIPIDS, THYROID, SUGAR = "Blood count", "Lipids", "Thyroid", "Diabetes"
LIVER, KIDNEY, VITAMINS, OTHER = "Liver", "Kidney", "Vitamins and iron", "Inflammation and others"
STANDARD: Final = (
    _A("HB", "Haemoglobin", BLOOD, "718-7", "g/dL", 1, men="13-17", women="12-15"),
    _A("RBC", "Red cells", BLOOD, "789-8", "10^6/uL", 2, men="4.5-5.5", women="3.8-4.8"),
    _A("PCV", "Packed cell volume", BLOOD, "4544-3", "%", 1, men="40-50", women="36-46"),
    _A("MCV", "Mean cell volume", BLOOD, "787-2", "fL", 1, "83-101"),
    _A("MCH", "Mean cell haemoglobin", BLOOD, "785-6", "pg", 1, "27-32"),
    _A("MCHC", "Mean cell haemoglobin conc.", BLOOD, "786-4", "g/dL", 1, "31.5-34.5"),
    _A("RDW", "Red cell width", BLOOD, "788-0", "%", 1, "11.6-14"),
    _A("WBC", "White cells", BLOOD, "6690-2", "10^3/uL", 2, "4-10"),
    _A("NEUT", "Neutrophils", BLOOD, "770-8", "%", 1, "40-80"),
    _A("LYMPH", "Lymphocytes", BLOOD, "736-9", "%", 1, "20-40"),
    _A("MONO", "Monocytes", BLOOD, "5905-5", "%", 1, "2-10"),
    _A("EOS", "Eosinophils", BLOOD, "713-8", "%", 1, "1-6"),
    _A("BASO", "Basophils", BLOOD, "706-2", "%", 1, "0-2"),
    _A("AEC", "Absolute eosinophils", BLOOD, "711-2", "10^3/uL", 2, "0.02-0.5"),
    _A("PLT", "Platelets", BLOOD, "777-3", "10^3/uL", 0, "150-410"),
    _A("ESR", "Sedimentation rate", BLOOD, "4537-7", "mm/h", 0, men="0-15", women="0-20"),
    _A("CHOL", "Total cholesterol", LIPIDS, "2093-3", "mg/dL", 0, "-200"),
    _A("TG", "Triglycerides", LIPIDS, "2571-8", "mg/dL", 0, "-150"),
    _A("HDL", "HDL cholesterol", LIPIDS, "2085-9", "mg/dL", 0, men="40-", women="50-"),
    _A("LDL", "LDL cholesterol, calculated", LIPIDS, "13457-7", "mg/dL", 0, "-100"),
    _A("LDLD", "LDL cholesterol, direct", LIPIDS, "18262-6", "mg/dL", 0, "-100"),
    _A("VLDL", "VLDL cholesterol", LIPIDS, "13458-5", "mg/dL", 0, "-30"),
    _A("NHDL", "Non-HDL cholesterol", LIPIDS, "43396-1", "mg/dL", 0, "-130"),
    _A("TSH", "TSH", THYROID, "3016-3", "uIU/mL", 2, "0.27-4.2"),
    _A("FT4", "Free T4", THYROID, "3024-7", "ng/dL", 2, "0.93-1.7"),
    _A("FT3", "Free T3", THYROID, "3051-0", "pg/mL", 2, "2-4.4"),
    _A("T4", "Total T4", THYROID, "3026-2", "ug/dL", 2, "5.1-14.1"),
    _A("T3", "Total T3", THYROID, "3053-6", "ng/dL", 0, "80-200"),
    _A("ATPO", "Anti-TPO", THYROID, "8099-4", "IU/mL", 1, "-34"),
    _A("HBA1C", "HbA1c", SUGAR, "4548-4", "%", 1, "4-5.6"),
    _A("GLUF", "Glucose, fasting", SUGAR, "1558-6", "mg/dL", 0, "70-99"),
    _A("GLUPP", "Glucose, 2 h after a meal", SUGAR, "1521-4", "mg/dL", 0, "-140"),
    _A("GLUR", "Glucose, random", SUGAR, "2345-7", "mg/dL", 0, "-140"),
    _A("INS", "Insulin", SUGAR, "20448-7", "uIU/mL", 1),
    _A("TBIL", "Bilirubin, total", LIVER, "1975-2", "mg/dL", 2, "0.2-1.2"),
    _A("DBIL", "Bilirubin, direct", LIVER, "1968-7", "mg/dL", 2, "0-0.3"),
    _A("ALT", "ALT (SGPT)", LIVER, "1742-6", "U/L", 0, men="-45", women="-34"),
    _A("AST", "AST (SGOT)", LIVER, "1920-8", "U/L", 0, "-35"),
    _A("ALP", "Alkaline phosphatase", LIVER, "6768-6", "U/L", 0, "40-130"),
    _A("GGT", "Gamma-GT", LIVER, "2324-2", "U/L", 0, men="-55", women="-38"),
    _A("TP", "Total protein", LIVER, "2885-2", "g/dL", 1, "6.4-8.3"),
    _A("ALB", "Albumin", LIVER, "1751-7", "g/dL", 1, "3.5-5.2"),
    _A("CREA", "Creatinine", KIDNEY, "2160-0", "mg/dL", 2, men="0.7-1.2", women="0.5-0.9"),
    _A("UREA", "Urea", KIDNEY, "3091-6", "mg/dL", 0, "17-43"),
    _A("BUN", "Urea nitrogen", KIDNEY, "3094-0", "mg/dL", 0, "7-20"),
    _A("URIC", "Uric acid", KIDNEY, "3084-1", "mg/dL", 1, men="3.4-7", women="2.4-6"),
    _A("NA", "Sodium", KIDNEY, "2951-2", "mmol/L", 0, "136-145"),
    _A("K", "Potassium", KIDNEY, "2823-3", "mmol/L", 1, "3.5-5.1"),
    _A("CL", "Chloride", KIDNEY, "2075-0", "mmol/L", 0, "98-107"),
    _A("CA", "Calcium", KIDNEY, "17861-6", "mg/dL", 1, "8.6-10.2"),
    _A("PHOS", "Phosphate", KIDNEY, "2777-1", "mg/dL", 1, "2.5-4.5"),
    _A("ACR", "Albumin/creatinine, urine", KIDNEY, "9318-7", "mg/g", 1, "-30"),
    _A("VITD", "Vitamin D (25-OH)", VITAMINS, "62292-8", "ng/mL", 1, "30-100"),
    _A("B12", "Vitamin B12", VITAMINS, "2132-9", "pg/mL", 0, "197-771"),
    _A("FOL", "Folate", VITAMINS, "2284-8", "ng/mL", 1, "3.9-26.8"),
    _A("FERR", "Ferritin", VITAMINS, "2276-4", "ng/mL", 0, men="30-400", women="13-150"),
    _A("IRON", "Iron", VITAMINS, "2498-4", "ug/dL", 0, "60-170"),
    _A("TIBC", "Iron binding capacity", VITAMINS, "2500-7", "ug/dL", 0, "250-450"),
    _A("CRP", "C-reactive protein", OTHER, "1988-5", "mg/L", 1, "-5"),
    _A("RF", "Rheumatoid factor", OTHER, "11572-5", "IU/mL", 1, "-14"),
    _A("IGE", "IgE, total", OTHER, "19113-0", "IU/mL", 0, "-100"),
    _A("ABO", "Blood group (ABO)", OTHER, "883-9", "", 0, kind="text"),
    _A("RH", "Blood group (Rh)", OTHER, "10331-7", "", 0, kind="text"),
    _A("HBSAG", "Hepatitis B surface antigen", OTHER, "5196-1", "", 0, kind="text"),
)
