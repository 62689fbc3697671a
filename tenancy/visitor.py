"""Where a request comes from, told only by proxies we placed ourselves."""

from __future__ import annotations

from ipaddress import IPv6Address, ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest


def address_of(request: HttpRequest) -> str:
    """The visitor's address.

    ``X-Forwarded-For`` is read from the right, as many steps as we run proxies (``PROXY_HOPS``); whatever a
    visitor writes further left is never believed.
    """
    peer = str(request.META.get("REMOTE_ADDR", ""))
    hops = int(settings.PROXY_HOPS)
    if hops < 1:
        return peer
    trail = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",") if part.strip()]
    return trail[-hops] if len(trail) >= hops else peer


def network_of(request: HttpRequest) -> str:
    """What limits count by: the address, or the /64 of an IPv6 one, which is a single subscriber's."""
    address = address_of(request)
    try:
        read = ip_address(address)
    except ValueError:
        return address
    if not isinstance(read, IPv6Address):
        return address
    if read.ipv4_mapped is not None:
        return str(read.ipv4_mapped)
    return str(ip_network((read, 64), strict=False))


def subnet_of(request: HttpRequest) -> str:
    """The neighbourhood of the network: /24, or /48 of an IPv6 one; an address that is none as it is."""
    try:
        read = ip_network(network_of(request))
    except ValueError:
        return network_of(request)
    return str(read.supernet(new_prefix=48 if read.version == 6 else 24))
