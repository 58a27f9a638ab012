"""Which addresses a source may be read from, and that a link it sends stays there."""

import ipaddress
from urllib.parse import urljoin, urlsplit

Origin = tuple[str, str, int]

_PORTS = {"http": 80, "https": 443}


def origin(url: str) -> Origin | None:
    """Scheme, host and port of an http(s) URL; None for anything else, or when it carries a user name."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in _PORTS or not parts.hostname or parts.username or parts.password:
        return None
    return parts.scheme, parts.hostname.lower(), port or _PORTS[parts.scheme]


def is_link_local(url: str) -> bool:
    """Whether the host is a link-local address, where clouds keep their machine credentials."""
    address = _address(url)
    return address is not None and address.is_link_local


def is_loopback(url: str) -> bool:
    """Whether the host is this machine."""
    address = _address(url)
    return (urlsplit(url).hostname or "") == "localhost" or (address is not None and address.is_loopback)


def resolved(link: str, *, seen_at: str, home: Origin) -> str | None:
    """The absolute form of a link that was sent in an answer from `seen_at`; None when it leaves `home`."""
    try:
        target = urljoin(seen_at, link)
    except ValueError:
        return None
    return target if origin(target) == home else None


def _address(url: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(urlsplit(url).hostname or "")
    except ValueError:
        return None
