"""A tenant's folder holds nothing of another's, searched byte by byte, and hostile names get out of no place."""

import re
from dataclasses import dataclass
from email import message_from_bytes, policy
from pathlib import Path

import html5lib
import pytest
from planted_zone import WORDS, put_zone
from unpacking import unpacked

from orchestration.building import build
from orchestration.loading.load import load
from orchestration.mailing.digests import write_digests
from orchestration.settings import MailSettings, Settings
from orchestration.verifying import verify
from site_builder import manifest
from site_builder.build import build_site
from site_builder.links import broken_links


@dataclass(frozen=True)
class Planted:
    """The site of the planted zone, with the folder of each word's tenant."""

    settings: Settings
    folders: dict[str, str]

    @property
    def site(self) -> Path:
        return self.settings.site


@pytest.fixture(scope="module", params=["", "a secret"], ids=["plain", "secret"])
def planted(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Planted:
    folder = tmp_path_factory.mktemp("planted")
    settings = Settings(raw=str(put_zone(folder / "raw")), warehouse=folder / "w.duckdb", site=folder / "site")
    assert load(settings.raw, settings.warehouse).quarantined == 0
    build(settings.warehouse, folder / "dbt")
    build_site(settings.warehouse, settings.site, link_secret=request.param or None)
    scopes = manifest.load(settings.site).scopes.values()
    folders = {word: each.folder for word in WORDS for each in scopes if (each.tenant_id or "").startswith(word)}
    return Planted(settings, folders)


def test_every_tenant_is_there(planted: Planted) -> None:
    assert len(set(planted.folders.values())) == len(WORDS)
    for word, folder in planted.folders.items():
        kinds = {path.suffix for path in (planted.site / folder).rglob("*") for part in unpacked(path)
                 if word.lower().encode() in part.lower()}  # fmt: skip
        # Its own word is found in each kind of file, packed ones too: the search below can find it.
        assert {".html", ".json", ".csv", ".pdf", ".parquet", ".js"} <= kinds


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


def test_mail_is_of_its_tenant_alone(planted: Planted, tmp_path: Path) -> None:
    mail = MailSettings("usage@platform.example", "https://reports.example", None)
    done = write_digests(planted.settings, mail, tmp_path)
    assert len(done.sent) == len(WORDS) and not done.failed
    for path in tmp_path.iterdir():
        letter = message_from_bytes(path.read_bytes(), policy=policy.default)
        own = next(word for word in WORDS if word.lower() in letter["To"])
        said = str(letter["Subject"]) + "".join(
            part.get_content() for part in letter.walk() if part.get_content_maintype() == "text"
        )
        assert own in said and "<script>" not in letter.get_body(("html",)).get_content()
        assert not [word for word in WORDS if word != own and word.lower() in said.lower()]
        assert not [name for word, name in planted.folders.items() if word != own and name in said]
