"""Hashes of what pages are made with: while they are the same, an unchanged number gives an unchanged page."""

import functools
import hashlib
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

import duckdb

from site_builder.gather.meanings import TableMeaning

_PACKAGE = Path(__file__).parents[1]
_DRAWN_BY = ("babel", "matplotlib", "jinja2", "typst", "vl-convert-python")
_DIMS = ("tenants", "teams", "users", "items", "models", "model_rates", "budgets")


@functools.cache
def builder_digest() -> str:
    """A hash of everything that turns numbers into bytes: this package's files and the versions of what draws."""
    digest = hashlib.sha256(" ".join(f"{name} {version(name)}" for name in _DRAWN_BY).encode())
    for path in sorted(_PACKAGE.rglob("*")):
        if path.suffix in (".py", ".html", ".css", ".js", ".typ"):
            digest.update(path.relative_to(_PACKAGE).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def names_digest(con: duckdb.DuckDBPyConnection, meanings: Sequence[TableMeaning]) -> str:
    """A hash of the dims, and of what tables and columns mean."""
    # A renamed user changes reports of any date, which no list of changed dates says.
    digest = hashlib.sha256(repr(meanings).encode())
    for name in _DIMS:
        query = f"select count(*), bit_xor(md5_number(cast(d as varchar))) from marts.dim_{name} as d"
        digest.update(repr(con.execute(query).fetchone()).encode())
    return digest.hexdigest()
