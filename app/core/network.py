"""Whom a network address stands for."""

from ipaddress import IPv6Address, IPv6Network, ip_address

UNKNOWN = "unknown"


def name_network(address: str) -> str:
    """What the owner of an address is counted by: itself, or the /64 of an IPv6 address.

    An IPv6 host owns at least a /64: counting single addresses would count nothing. What is no address
    (a proxy passed on what a client made up) is counted as one: made-up names would be free to change.
    """
    try:
        parsed = ip_address(address)
    except ValueError:
        return UNKNOWN
    if not isinstance(parsed, IPv6Address):
        return str(parsed)
    # A server that listens on both sees IPv4 as ::ffff:192.0.2.1: all of it would be one /64.
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return str(IPv6Network((parsed, 64), strict=False))
