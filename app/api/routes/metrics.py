"""What Prometheus reads. It stands beside the API, not in it, and not in its document."""

from asyncio import to_thread

from fastapi import APIRouter, Response

from app.api.metrics_deps import MetricsReader
from app.core.metrics_output import CONTENT_TYPE, render_metrics

router = APIRouter(include_in_schema=False)


@router.get("/metrics")
async def get_metrics(_reader: MetricsReader) -> Response:
    """All metrics of all processes, as text."""
    # Some hundred kilobytes, perhaps from files: other requests go on meanwhile.
    text = await to_thread(render_metrics)
    return Response(text, media_type=CONTENT_TYPE, headers={"Cache-Control": "no-store"})
