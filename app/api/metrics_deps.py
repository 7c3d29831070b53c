"""Who may read the metrics."""

import hmac
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Annotated

from fastapi import Depends, Request

from app.api.deps import PartsDep
from app.core.config import Settings
from app.core.errors import ForbiddenError, UnauthenticatedError

_ANYBODY = "*"
_FORWARDED = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via")
"""What proxies add. Behind one on this machine every request comes from the loopback address."""


class MetricsTokenError(UnauthenticatedError):
    """The metrics want ``METRICS_TOKEN``."""

    code = "metrics_token_required"
    detail = "The metrics need the bearer token that METRICS_TOKEN sets."


class MetricsPrivateError(ForbiddenError):
    """The metrics are for some addresses only."""

    code = "metrics_private"
    detail = (
        "The metrics are private. Read them directly from an address of METRICS_ALLOWED, or set"
        " METRICS_TOKEN and send it as bearer token."
    )


async def require_metrics_reader(request: Request, parts: PartsDep) -> None:
    """Let in who sends the token; where none is set, who comes directly from an allowed address.

    Raises:
        MetricsTokenError: the token is missing or wrong.
        MetricsPrivateError: the address is not allowed, or a proxy stands between.
    """
    token = parts.settings.metrics_token
    if token is not None:
        given = request.headers.get("authorization", "")
        wanted = f"Bearer {token.get_secret_value()}"
        if not hmac.compare_digest(given.encode(), wanted.encode()):
            raise MetricsTokenError
    elif not _comes_directly(request) or not _is_allowed(request, parts.settings):
        raise MetricsPrivateError


def _comes_directly(request: Request) -> bool:
    return not any(name in request.headers for name in _FORWARDED)


def _is_allowed(request: Request, settings: Settings) -> bool:
    # In production a proxy is likely on the same machine, and some add no header: loopback has to be meant.
    if settings.is_production and "metrics_allowed" not in settings.model_fields_set:
        return False
    if _ANYBODY in settings.metrics_allowed:
        return True
    try:
        address = ip_address(request.client.host if request.client else "")
    except ValueError:  # a socket of the file system has none
        return False
    # A server that listens on both sees IPv4 as ::ffff:192.0.2.1.
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    return any(address in ip_network(network) for network in settings.metrics_allowed)


MetricsReader = Annotated[None, Depends(require_metrics_reader)]
