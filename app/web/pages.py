"""The pages that a browser opens: the front page and the API's manual. Nothing comes from other hosts."""

from importlib import resources
from pathlib import Path

from fastapi import FastAPI
from fastapi.responses import FileResponse
from starlette.staticfiles import StaticFiles

STATIC = Path(__file__).parent / "static"


async def show_front_page() -> FileResponse:
    """The front page."""
    return FileResponse(STATIC / "index.html")


async def show_manual() -> FileResponse:
    """The API's manual: Swagger UI from the ``fastapi-swagger`` package, under our policy."""
    return FileResponse(STATIC / "docs.html")


def add_pages(app: FastAPI) -> None:
    """Put the pages beside the API."""
    app.add_api_route("/", show_front_page, include_in_schema=False)
    app.add_api_route("/docs", show_manual, include_in_schema=False)
    swagger_ui = Path(str(resources.files("fastapi_swagger") / "resources"))
    app.mount("/static/swagger-ui", StaticFiles(directory=swagger_ui))
    app.mount("/static", StaticFiles(directory=STATIC))
