"""How the event stream appears in the OpenAPI document."""

from typing import Any

_LEVEL_UP = (
    '{"id":17,"kind":"level_up","data":{"before":1,"after":2},'
    '"created_at":"2026-11-21T12:00:00Z","read_at":null}'
)
_EXAMPLE = f""": connected
id: 16
retry: 3000

event: level_up
data: {_LEVEL_UP}
id: 17

: ping

"""

EVENT_STREAM: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The events, for as long as the stream is open.",
        "content": {
            "text/event-stream": {
                "schema": {"type": "string"},
                # OpenAPI 3.2's word for what a stream is made of; FastAPI says the rest of it.
                "itemSchema": {
                    "properties": {
                        "data": {
                            "contentMediaType": "application/json",
                            "contentSchema": {"$ref": "#/components/schemas/NotificationRead"},
                        }
                    }
                },
                "example": _EXAMPLE,
            }
        },
    }
}
