"""Where the webhook is, and a connection to it that has a deadline and goes nowhere it must not."""

from __future__ import annotations

import ipaddress
import queue
import socket
import ssl
import threading
import time
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

_SAFE = "/%:@!$&'()*+,;=~-._"
# In these an IPv4 address is written as an IPv6 one, and leads to it.
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_THIS_HOST = ipaddress.ip_network("0.0.0.0/8")


class AddressError(ValueError):
    """A URL or an address that nothing is posted to; the reason never has the URL in it, which may be a secret."""


@dataclass(frozen=True)
class Address:
    """A URL taken apart: `target` is path and query, as they go over the wire."""

    is_tls: bool
    host: str
    port: int
    target: str

    @property
    def place(self) -> str:
        """Host and port, which may be shown."""
        return f"{self.host}:{self.port}"

    @property
    def host_header(self) -> str:
        """As HTTP wants it: IPv6 in brackets, and the port only where it is not the usual one."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == (443 if self.is_tls else 80) else f"{host}:{self.port}"


def address_of(url: str) -> Address:
    """The parts of a webhook's URL. Raises AddressError."""
    if any(not character.isprintable() or character.isspace() for character in url) or "\\" in url:
        raise AddressError("has a blank, a backslash or a control character in it")
    if not url.lower().startswith(("https://", "http://")):
        raise AddressError("does not begin with https:// or http://")
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise AddressError("has no host and port that can be understood") from None
    if parts.username is not None or parts.password is not None:
        raise AddressError("has a user or password in it; what the receiver knows you by goes into path or query")
    if not host or port == 0:
        raise AddressError("has no host and port that can be understood")
    try:
        host = host if ":" in host else host.encode("idna").decode("ascii")
    except UnicodeError:
        raise AddressError("has no host that can be understood") from None
    is_tls = parts.scheme == "https"
    target = quote(parts.path or "/", safe=_SAFE) + (f"?{quote(parts.query, safe=_SAFE + '?')}" if parts.query else "")
    return Address(is_tls, host, port or (443 if is_tls else 80), target)


def is_local(address: str) -> bool:
    """Whether an IP address is of this machine or of its link, however it is written."""
    found = ipaddress.ip_address(address)
    if isinstance(found, ipaddress.IPv6Address):
        inner = found.ipv4_mapped or found.sixtofour
        if inner is None and found in _NAT64:
            inner = ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)
        if inner is not None:
            return is_local(str(inner))
    is_this_host = isinstance(found, ipaddress.IPv4Address) and found in _THIS_HOST
    return is_this_host or found.is_loopback or found.is_link_local or found.is_unspecified or found.is_multicast


def connection_to(address: Address, deadline: float, *, may_be_local: bool) -> socket.socket:
    """A connection, with TLS where the URL wants it; `deadline` by time.monotonic().

    What is judged is the address that is connected to, not the name. Raises AddressError for one that it must not be,
    and OSError (of which ssl.SSLError is one).
    """
    failure: OSError = OSError("the name has no address")
    for family, found in _resolved(address, deadline):
        if is_local(found[0]) and not may_be_local:
            raise AddressError("it is an address of this machine or its link (see TALLYBOOK_ALERT_WEBHOOK_LOCAL)")
        connection = socket.socket(family, socket.SOCK_STREAM)
        try:
            connection.settimeout(left(deadline))
            connection.connect(found)
            if not address.is_tls:
                return connection
            connection.settimeout(left(deadline))
            return ssl.create_default_context().wrap_socket(connection, server_hostname=address.host)
        except (OSError, ValueError) as error:
            connection.close()
            failure = error if isinstance(error, OSError) else OSError("TLS knows no such name")
    raise failure


def left(deadline: float) -> float:
    """Seconds to a deadline. Raises TimeoutError where it is over."""
    seconds = deadline - time.monotonic()
    if seconds <= 0:
        raise TimeoutError("timed out")
    return seconds


def _resolved(address: Address, deadline: float) -> list[tuple[int, tuple[str, int]]]:
    """Family and address of each that the name has. In a thread, because looking names up knows no deadline."""
    answers: queue.Queue[list[tuple[int, tuple[str, int]]] | OSError] = queue.Queue()

    def look_up() -> None:
        try:
            found = socket.getaddrinfo(address.host, address.port, type=socket.SOCK_STREAM)
            answers.put([(int(entry[0]), entry[4]) for entry in found])  # type: ignore[misc]
        except (OSError, UnicodeError) as error:
            answers.put(error if isinstance(error, OSError) else OSError("the name is not one"))

    threading.Thread(target=look_up, daemon=True).start()
    try:
        answer = answers.get(timeout=left(deadline))
    except queue.Empty:
        raise TimeoutError("timed out, looking its name up") from None
    if isinstance(answer, OSError):
        raise answer
    return answer
