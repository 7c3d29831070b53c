"""A server that is told to leave says so to balancers, and is alive all the same."""

import pytest

from app.core.departure import THIS_PROCESS
from tests.support.service import Service


async def test_it_is_not_ready_and_alive(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(THIS_PROCESS, "is_leaving", True)

    ready = await service.client().get("/health/ready")
    live = await service.client().get("/health")

    assert (ready.status_code, ready.json()["code"]) == (503, "leaving")
    assert ready.headers["retry-after"] == "5"
    assert live.status_code == 200
