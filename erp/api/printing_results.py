"""Papers about patients as PDF: their results over time."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from erp.adapters.pdf import PdfPrinter
from erp.api.actions import BASE, guarded
from erp.api.callers import context_of, credentials_of
from erp.api.observing import request_id_of
from erp.api.printing import as_paper
from erp.core import db
from erp.core.crossing import off_the_loop
from erp.services import laboratory


def result_routes() -> list[Route]:
    """Return the routes of these papers."""
    path = f"{BASE}/patients/{{patient_id}}/lab-trends.pdf"
    return [Route(path, guarded(print_trends), methods=["GET"])]


async def print_trends(request: Request) -> Response:
    """Send a patient's results over time on A4; the query says `from_day` and `to_day`.

    Raises:
        UnknownParty: There is no such patient.
        InvalidInput: Nothing was measured in that time.
        ValidationError: A day is none.
    """
    given = {name: text for name, text in request.query_params.items() if text}
    wanted = laboratory.TrendsOf.model_validate(
        given | {"patient_id": request.path_params["patient_id"]}
    )
    credentials, request_id = credentials_of(request), request_id_of(request.scope)

    def found() -> laboratory.PrintedTrends:
        ctx = context_of(credentials, request_id)
        with db.unit_of_work(ctx) as session:
            return laboratory.get_printed_trends(session, ctx, wanted)

    paper = await off_the_loop(found)
    content = await off_the_loop(PdfPrinter().trends, paper)
    return as_paper(content, f"results-{paper.patient_code or 'patient'}.pdf")
