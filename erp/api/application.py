"""The HTTP application beside the interface."""

from fastapi import FastAPI

from erp.api import sign_in


def create_api() -> FastAPI:
    """Return the application with every route but the pages."""
    api = FastAPI(title="Vantage ERP", docs_url=None, redoc_url=None, openapi_url=None)
    api.include_router(sign_in.router)

    @api.get("/health/live")
    async def live() -> dict[str, str]:
        """Say that the process answers."""
        return {"status": "live"}

    return api
