"""A tenant's folder holds nothing of another's, searched byte by byte, and hostile names get out of no place."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from email import message_from_bytes, policy
from pathlib import Path
from typing import TYPE_CHECKING

import html5lib
import pyarrow.parquet as pq
import pytest
import reading_back
from planted_zone import LONGEST, WORDS, put_zone, user_of
from pypdf import PdfReader
from unpacking import unpacked

from orchestration.building.build import build
from orchestration.checking.verify import verify
from orchestration.exporting import export_focus
from orchestration.loading.load import load
from orchestration.mailing.digests import write_digests
from orchestration.settings import MailSettings, Settings
from site_builder.build import build_site
from site_builder.files import manifest
from site_builder.files.links import broken_links

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

SCREEN = {"width": 360, "height": 740}
# Characters: names of the same letters are told apart by their ids.
MOST_LISTED = 200
# As large as a page that is read on a phone may be.
MOST_PAGE_BYTES = 600_000


@dataclass(frozen=True)
class Planted:
    """The site of the planted zone, with the folder of each word's tenant."""

    settings: Settings
    folders: dict[str, str]

    @property
    def site(self) -> Path:
        return self.settings.site


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    folder = tmp_path_factory.mktemp("planted")
    settings = Settings(raw=str(put_zone(folder / "raw")), warehouse=folder / "w.duckdb", site=folder / "site")
    assert load(settings.raw, settings.warehouse).quarantined == 0
    build(settings.warehouse, folder / "dbt")
    return settings


@pytest.fixture(scope="module", params=["", "a secret"], ids=["plain", "secret"])
def planted(request: pytest.FixtureRequest, built: Settings, tmp_path_factory: pytest.TempPathFactory) -> Planted:
    settings = replace(built, site=tmp_path_factory.mktemp("published") / "site")
    assert build_site(settings.warehouse, settings.site, link_secret=request.param or None).failed == ()
    scopes = manifest.load(settings.site).scopes.values()
    folders = {word: each.folder for word in WORDS for each in scopes if (each.tenant_id or "").startswith(word)}
    return Planted(settings, folders)


def test_every_tenant_is_there(planted: Planted) -> None:
    assert len(set(planted.folders.values())) == len(WORDS)
    for word, folder in planted.folders.items():
        kinds = {path.suffix for path in (planted.site / folder).rglob("*") for part in unpacked(path)
                 if word.lower().encode() in part.lower()}  # fmt: skip
        # Its own word is found in each kind of file, packed ones too: the search below can find it.
        assert {".html", ".json", ".csv", ".pdf", ".parquet", ".js", ".xlsx"} <= kinds


def test_no_byte_of_a_tenants_folder_is_of_another(planted: Planted) -> None:
    for word, folder in planted.folders.items():
        others = [other.lower().encode() for other in WORDS if other != word]
        others += [name.encode() for other, name in planted.folders.items() if other != word]
        for path in (planted.site / folder).rglob("*"):
            for part in unpacked(path):
                low = part.lower()
                assert not [other for other in others if other in low], path


def test_a_secret_gives_folders_that_nobody_guesses(planted: Planted, request: pytest.FixtureRequest) -> None:
    if "secret" in request.node.callspec.id:
        assert all(re.fullmatch(r"[0-9a-f]{40}", folder) for folder in planted.folders.values())


def test_hostile_names_get_out_of_no_place(planted: Planted) -> None:
    inside = {path.name for path in planted.site.iterdir()}
    assert inside == {*planted.folders.values(), "all", "assets", "index.html", "manifest.json"}
    assert broken_links(planted.site) == [] and verify(planted.site).faults == ()
    for path in planted.site.rglob("*.html"):
        text = path.read_text("utf-8")
        scripts = re.findall(r"<script[^>]*>", text)
        assert all("src=" in script or "application/json" in script for script in scripts), path
        assert "<svg onload" not in text and "<b>" not in text and "</style>" not in text, path
        assert "{{ 7 * 7 }}" in text or "49{%" not in text
        assert not re.search(r'(?:href|src)="(?:https?:)?//', text), path
    for folder in planted.folders.values():
        page = max((planted.site / folder / "weekly").glob("*/index.html"))
        html5lib.HTMLParser(strict=True).parse(page.read_text("utf-8"))


def test_spreadsheets_run_nothing_and_programs_read_the_same_text(planted: Planted, tmp_path: Path) -> None:
    export_focus(planted.settings.warehouse, tmp_path / "focus.csv", version="1.2", file_format="csv")
    for path in (tmp_path / "focus.csv", *planted.site.rglob("*.csv")):
        assert reading_back.runnable_cells(path) == [], path
    tables, reports = list(planted.site.rglob("*.parquet")), list(planted.site.rglob("report.json"))
    assert len(tables) > 100 and len(reports) > 40
    assert [(path, *fault) for path in tables for fault in reading_back.texts_told_otherwise(path)] == []
    assert [(path, *fault) for path in reports for fault in reading_back.cards_told_otherwise(path)] == []
    users = pq.read_table(planted.site / planted.folders[LONGEST] / "data/dim_users.parquet").to_pylist()
    # As they were landed, to the last character.
    assert {user["user_id"] for user in users} == {user_of(LONGEST, number) for number in range(9)}
    assert max(len(user["user_name"]) for user in users) > 100_000


def test_drawings_and_prints_do_nothing_and_end(planted: Planted) -> None:
    pages, prints = list(planted.site.rglob("*.html")), list(planted.site.rglob("*.pdf"))
    assert [(path, fault) for path in pages for fault in reading_back.svg_faults(path.read_text("utf-8"))] == []
    assert [(path, fault) for path in prints for fault in reading_back.pdf_faults(path)] == []
    assert max(path.stat().st_size for path in pages) < MOST_PAGE_BYTES
    shown = PdfReader(max((planted.site / planted.folders[WORDS[0]] / "weekly").glob("*/report.pdf")))
    assert "<script>alert(1)</script>" in "".join(page.extract_text() for page in shown.pages)
    assert max(len(name.name.encode()) for name in planted.site.rglob("*")) <= 100


def test_the_explorers_months_have_names_as_they_are(planted: Planted) -> None:
    folder = planted.site / planted.folders[LONGEST]
    names = reading_back.explorer_names(max((folder / "explore/data").iterdir()))["user"]
    dim = {user["user_id"]: user["user_name"] for user in pq.read_table(folder / "data/dim_users.parquet").to_pylist()}
    assert len(names) == 7 and all(dim[own] == name for own, name, _ in names)


@pytest.mark.parametrize("planted", [""], indirect=True, ids=["plain"])
def test_in_a_browser_nothing_of_a_name_runs_or_is_fetched(planted: Planted, browser: "Browser") -> None:
    context = browser.new_context(viewport=SCREEN)  # type: ignore[arg-type]
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    # A page that is left while it reads is no fault.
    page.on("requestfailed", lambda request: said.append(f"{request.url}: {request.failure}")
            if request.failure != "net::ERR_ABORTED" else None)  # fmt: skip
    page.on("dialog", lambda dialog: (said.append(dialog.message), dialog.dismiss()))
    context.on("page", lambda other: said.append(other.url))
    inside = (planted.site.as_uri() + "/", "blob:")
    page.on("request", lambda request: None if request.url.startswith(inside) else said.append(request.url))
    for path in _a_page_of_each_kind(planted):
        page.goto(path.as_uri())
        if "latest" in path.parts:
            page.wait_for_url(lambda url: "/latest/" not in url)
        if "explore" in path.parts:
            _explore(page, planted.site / planted.folders[LONGEST])
        page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
        assert page.evaluate("document.documentElement.scrollWidth") <= SCREEN["width"], path
    assert said == []
    context.close()


def _a_page_of_each_kind(planted: Planted) -> Iterator[Path]:
    yield planted.site / "index.html"
    yield planted.site / "all/quality/index.html"
    for folder in (planted.site / "all", planted.site / planted.folders[LONGEST]):
        kinds = ("", "explore", "glossary", "data", "latest/weekly")
        yield from (folder / kind / "index.html" for kind in kinds if (folder / kind / "index.html").exists())
        yield from (max((folder / edition).glob("*/index.html")) for edition in ("daily", "weekly", "monthly"))


def _explore(page: "Page", folder: Path) -> None:
    """Each dimension as a division, each of its values as a filter, what is shown as a CSV."""
    page.locator("body[data-shown]").wait_for()
    for dim in ("team", "user", "item", "model"):
        _choose(page, "split", dim)
        listed = page.locator(f"#list-{dim} option")
        options = [option.get_attribute("value") or "" for option in listed.all()]
        assert len(options) > 2 and max(map(len, options)) <= MOST_LISTED
        _choose(page, dim, options[1])
        with page.expect_download() as download:
            page.locator("[data-save='parts.csv']").click()
        assert reading_back.runnable_cells(Path(download.value.path())) == []
        _choose(page, dim, "")


def _choose(page: "Page", name: str, value: str) -> None:
    before = page.evaluate("document.body.dataset.shown")
    control = page.locator(f"[name={name}]")
    if control.evaluate("control => control.tagName") == "SELECT":
        control.select_option(value)
    else:
        control.fill(value)
        control.press("Tab")
    page.wait_for_function("before => document.body.dataset.shown !== before", arg=before)


def test_mail_is_of_its_tenant_alone(planted: Planted, tmp_path: Path) -> None:
    mail = MailSettings("usage@platform.example", "https://reports.example", None)
    done = write_digests(planted.settings, mail, tmp_path)
    # To an address with a line break in it nothing goes.
    assert len(done.sent) == len(done.failed) == len(WORDS)
    assert all("is not an address that mail can go to" in reason for reason in done.failed)
    for path in tmp_path.iterdir():
        assert max(map(len, path.read_bytes().split(b"\r\n"))) < 998
        letter = message_from_bytes(path.read_bytes(), policy=policy.default)
        assert letter["Bcc"] is None and letter["Cc"] is None and len(letter["Subject"]) <= 150
        own = next(word for word in WORDS if word.lower() in letter["To"])
        said = str(letter["Subject"]) + "".join(
            part.get_content() for part in letter.walk() if part.get_content_maintype() == "text"
        )
        assert own in said and len(said) < 20_000 and not reading_back.STEERING.search(said.replace("\r\n", "\n"))
        root = html5lib.parse(letter.get_body(("html",)).get_content(), namespaceHTMLElements=False)
        assert {node.get("src") for node in root.iter("img")} == {"cid:trend"} and not list(root.iter("script"))
        assert all(node.get("href").startswith("https://reports.example/") for node in root.iter("a"))
        assert not [word for word in WORDS if word != own and word.lower() in said.lower()]
        assert not [name for word, name in planted.folders.items() if word != own and name in said]
