"""Google's and Azure's object stores as far as a landing zone asks of them: listing in pages, and reading.

Their own libraries talk to these over HTTP. What the real ones do besides (logins, faults, consistency) is not here.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape

BUCKET, ACCOUNT = "zone", "acct"
_A_PAGE = 2
_LANDED = datetime(2026, 3, 5, tzinfo=UTC)


class FakeStore(ThreadingHTTPServer):
    """One bucket with its `objects`, and what was `asked` for: `list`, or the name of an object."""

    def __init__(self, handler: type[BaseHTTPRequestHandler]) -> None:
        super().__init__(("127.0.0.1", 0), handler)
        self.objects: dict[str, bytes] = {}
        self.asked: list[str] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def page(self, prefix: str, start: str) -> tuple[list[str], str]:
        """The names of a page, and where the next one begins."""
        self.asked.append("list")
        names = [name for name in sorted(self.objects) if name.startswith(prefix) and name >= start]
        return names[:_A_PAGE], names[_A_PAGE] if len(names) > _A_PAGE else ""


class _Handler(BaseHTTPRequestHandler):
    server: FakeStore

    def log_message(self, *args: object) -> None:
        pass

    def query(self, name: str) -> str:
        return parse_qs(urlsplit(self.path).query).get(name, [""])[0]

    def answer(self, status: int, body: bytes, kind: str, **headers: str) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": kind, "Content-Length": str(len(body)), **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)


class Google(_Handler):
    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        found = re.fullmatch(rf"(/download)?/storage/v1/b/{BUCKET}/o(?:/(.*))?", path)
        if not found:
            self.answer(404, b'{"error": {"message": "The specified bucket does not exist."}}', "application/json")
        elif found[2] is None:
            names, after = self.server.page(self.query("prefix"), self.query("pageToken"))
            items = [self.described(name) for name in names]
            body = {"kind": "storage#objects", "items": items, **({"nextPageToken": after} if after else {})}
            self.answer(200, json.dumps(body).encode(), "application/json")
        else:
            self.server.asked.append(unquote(found[2]))
            self.answer(200, self.server.objects[unquote(found[2])], "application/octet-stream")

    def described(self, name: str) -> dict[str, str]:
        landed = f"{_LANDED:%Y-%m-%dT%H:%M:%S.000Z}"
        size = str(len(self.server.objects[name]))
        return {"name": name, "bucket": BUCKET, "size": size, "updated": landed, "timeCreated": landed}


class Azure(_Handler):
    def do_HEAD(self) -> None:
        self.answer(404, b"", "application/xml", x_ms_error_code="BlobNotFound")

    def do_GET(self) -> None:
        path = unquote(urlsplit(self.path).path).removeprefix(f"/{ACCOUNT}/")
        bucket, _, name = path.partition("/")
        if bucket != BUCKET:
            self.answer(404, b"", "application/xml", x_ms_error_code="ContainerNotFound")
        elif self.query("comp") == "list":
            names, after = self.server.page(self.query("prefix"), self.query("marker"))
            blobs = "".join(self.described(each) for each in names)
            listed = f"<Blobs>{blobs}</Blobs><NextMarker>{escape(after)}</NextMarker>"
            self.answer(
                200,
                f'<EnumerationResults ContainerName="{BUCKET}">{listed}</EnumerationResults>'.encode(),
                "application/xml",
            )
        elif not name:
            self.answer(200, b"", "application/xml", ETag='"1"', Last_Modified=_http_date())
        else:
            self.server.asked.append(name)
            body = self.server.objects[name]
            headers = {
                "Content_Range": f"bytes 0-{len(body) - 1}/{len(body)}",
                "ETag": '"1"',
                "Last_Modified": _http_date(),
            }
            self.answer(206, body, "application/octet-stream", **headers)

    def described(self, name: str) -> str:
        size = len(self.server.objects[name])
        return (
            f"<Blob><Name>{escape(name)}</Name><Properties><Last-Modified>{_http_date()}</Last-Modified><Etag>1</Etag>"
            f"<Content-Length>{size}</Content-Length><BlobType>BlockBlob</BlobType></Properties></Blob>"
        )


def _http_date() -> str:
    return f"{_LANDED:%a, %d %b %Y %H:%M:%S} GMT"


@contextmanager
def serving(handler: type[BaseHTTPRequestHandler]) -> Iterator[FakeStore]:
    with FakeStore(handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()
