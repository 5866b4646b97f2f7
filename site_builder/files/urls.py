"""Names and paths of the site: the only module that knows where anything lies.

Paths are relative to the site folder, with `/`.
"""

import hashlib
import hmac
import json
import posixpath
import string

ALL_FOLDER = "all"
ASSETS = "assets"
# What may have a page of its own, beside reports.
KINDS = ("item", "team", "user")
MAX_FOLDER = 80
STATEMENT_PDF = "statement.pdf"
WORKBOOK = "report.xlsx"
_PLAIN = frozenset(string.ascii_lowercase + string.digits + "-")
# ".-" cannot come out of the escaping, where "." is always followed by two hex digits, so marked names are apart.
_MARK = "x.-"
_HASHED = "h.-"
_WINDOWS = frozenset(["con", "prn", "aux", "nul", *(f"com{i}" for i in range(10)), *(f"lpt{i}" for i in range(10))])
_TAKEN = frozenset([ALL_FOLDER, ASSETS])
_PAIR = "p.-"


def tenant_folder(tenant_id: str, secret: str | None = None) -> str:
    """The folder of a tenant: injective into [a-z0-9.-], at most MAX_FOLDER characters, safe on any file system.

    Bytes outside [a-z0-9-] become `.xx` (hex). Names that a file system or the site itself reserves, or that would
    begin with a dot or dash, get the mark `x.-`; names too long keep their beginning and end in a SHA-256. With a
    `secret` the folder is an HMAC of the id instead, which nobody without the secret can guess.
    """
    if secret:
        return hmac.new(secret.encode("utf-8"), tenant_id.encode("utf-8"), hashlib.sha256).hexdigest()[:40]
    escaped = _escaped(tenant_id)
    if len(escaped) > MAX_FOLDER - len(_MARK):
        return _hashed(escaped, tenant_id)
    reserved = escaped in _TAKEN or escaped.split(".")[0] in _WINDOWS
    if reserved or escaped[:1] in ("", ".", "-"):
        return _MARK + escaped
    return escaped


def entity_folder(folder: str, kind: str, tenant_id: str, key: str) -> str:
    """Folder of the page of one item, team or user (`kind`) with the id `key`, in the scope of `folder`.

    Of all tenants together, the id's tenant is part of the name. Injective, as that of a tenant.
    """
    own = _pair(tenant_id, key) if folder == ALL_FOLDER else tenant_folder(key)
    return f"{folder}/{kind}s/{own}"


def entity_index(folder: str, kind: str) -> str:
    """The page that lists the items, teams or users of a scope."""
    return f"{folder}/{kind}s/index.html"


def entity_list_data(folder: str, kind: str) -> str:
    """The table of the same list."""
    return f"{folder}/{kind}s/data/{kind}s.csv"


def _pair(first: str, second: str) -> str:
    name = f"{_PAIR}{_escaped(first)}.-{_escaped(second)}"
    return name if len(name) <= MAX_FOLDER else _hashed(_escaped(first), json.dumps([first, second]))


def _escaped(text: str) -> str:
    return "".join(chr(byte) if chr(byte) in _PLAIN else f".{byte:02x}" for byte in text.encode("utf-8"))


def _hashed(escaped: str, text: str) -> str:
    return f"{_HASHED}{escaped[:9].rstrip('.')}-{hashlib.sha256(text.encode('utf-8')).hexdigest()}"


def report_folder(folder: str, edition: str, name: str) -> str:
    """Folder of one dated report."""
    return f"{folder}/{edition}/{name}"


def folder_of_report(path: str) -> str:
    """The folder of the report that a file belongs to."""
    return "/".join(path.split("/")[:3])


def earlier_folder(report: str, revision: int) -> str:
    """Where an earlier revision of a report stays; beside it, so that its links still lead where they did."""
    return f"{report}_r{revision}"


def report_page(folder: str, edition: str, name: str) -> str:
    """The page of one dated report."""
    return f"{report_folder(folder, edition, name)}/index.html"


def report_pdf(report: str) -> str:
    """The PDF in a report's folder."""
    return f"{report}/report.pdf"


def report_workbook(report: str) -> str:
    """The workbook in a report's folder."""
    return f"{report}/{WORKBOOK}"


def statement_pdf(report: str) -> str:
    """The one-page statement in the folder of a tenant's monthly report."""
    return f"{report}/{STATEMENT_PDF}"


def scope_index(folder: str) -> str:
    """The page that lists a scope's reports."""
    return f"{folder}/index.html"


def explore_page(folder: str) -> str:
    """The explorer of a scope."""
    return f"{folder}/explore/index.html"


def explore_data(folder: str, month: str) -> str:
    """What the explorer of a scope knows of a month (YYYY-MM)."""
    return f"{folder}/explore/data/{month}.js"


def explore_more(folder: str, month: str) -> str:
    """What it reads of a month where it is asked for."""
    return f"{folder}/explore/data/{month}-more.js"


def jobs_folder(folder: str) -> str:
    """What the paths of a scope's page of jobs and its files begin with."""
    return f"{folder}/jobs/"


def jobs_page(folder: str) -> str:
    """The page of a scope's jobs."""
    return f"{jobs_folder(folder)}index.html"


def jobs_data(folder: str, name: str) -> str:
    """A table of that page."""
    return f"{jobs_folder(folder)}data/{name}.csv"


def glossary_page(folder: str) -> str:
    """What a scope's figures mean."""
    return f"{folder}/glossary/index.html"


def data_file(folder: str, name: str) -> str:
    """A file of a scope's whole marts."""
    return f"{folder}/data/{name}"


def quality_folder() -> str:
    """What the paths of the quality page and its files begin with: it is of all tenants together."""
    return f"{ALL_FOLDER}/quality/"


def quality_page() -> str:
    """The page of the audit."""
    return f"{quality_folder()}index.html"


def latest_page(folder: str, edition: str) -> str:
    """The page that leads to the newest report of an edition."""
    return f"{folder}/latest/{edition}/index.html"


def asset(folder: str, name: str, content: bytes) -> str:
    """Path of a content-hashed asset; `folder` is a scope's folder, or "" for the top page."""
    stem, _, ending = name.rpartition(".")
    digest = hashlib.sha256(content).hexdigest()[:10]
    return posixpath.join(folder, ASSETS, f"{stem}.{digest}.{ending}")


def relative(source: str, target: str) -> str:
    """Link from page `source` to file `target`, both relative to the site folder."""
    return posixpath.relpath(target, posixpath.dirname(source) or ".")
