"""Every byte of a published file, and of whatever is packed in it."""

import base64
import gzip
import re
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

import pyarrow.parquet as pq
from pypdf import PdfReader

_STREAM = re.compile(rb"stream\r?\n(.*?)\r?\nendstream", re.DOTALL)
_BASE64 = re.compile(rb"[A-Za-z0-9+/]{40,}={0,2}")


def unpacked(path: Path) -> Iterator[bytes]:
    """Name and bytes of a file, and of what is packed in it; nothing of a folder."""
    if not path.is_file():
        return
    content = path.read_bytes()
    yield path.name.encode()
    yield content
    if path.suffix == ".parquet":
        yield repr(pq.read_table(path).to_pylist()).encode()
        yield repr(pq.read_schema(path).metadata).encode()
    if path.suffix == ".pdf":
        for packed in _STREAM.findall(content):
            try:
                yield zlib.decompress(packed)
            except zlib.error:
                yield packed
        reader = PdfReader(path)
        yield repr(reader.metadata).encode()
        yield "".join(page.extract_text() for page in reader.pages).encode()
        yield from (data for files in reader.attachments.values() for data in files)
    if path.suffix == ".xlsx":
        with zipfile.ZipFile(path) as packed_files:
            yield from (packed_files.read(name) for name in packed_files.namelist())
    if path.suffix == ".js":
        for packed in _BASE64.findall(content):
            try:
                yield gzip.decompress(base64.b64decode(packed))
            except (ValueError, OSError, EOFError):
                continue
