"""Forgetting a person: the story.

    find → note → lake and tables → marts → serving file → site → what lies beside → a fresh file → say what is left

A step that was broken off is done by the next call: until the end the warehouse remembers the names to look for, and
from the very first step on no load brings the person back.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from orchestration.building.build import built_to
from orchestration.building.lake_state import require_whole_lake
from orchestration.forgetting import left
from orchestration.forgetting.beside import clear_alerts, clear_folder, clear_mail, folders_beside
from orchestration.forgetting.erasing import Erased, erase, look
from orchestration.forgetting.figures import differing, marts_add_up_to
from orchestration.forgetting.fresh import copy_afresh
from orchestration.forgetting.people import (
    ForgetError,
    add_found,
    begin,
    end,
    figures_before,
    find_person,
    found_so_far,
)
from orchestration.forgetting.record import Forgotten, Person, marks_of, read_forgotten
from orchestration.keeping import keep
from orchestration.loading.lake.catalog import ensure_catalog
from orchestration.loading.lake.lake import Lake
from orchestration.loading.opening import STORAGE_VERSION
from orchestration.pipeline import Pipeline
from orchestration.published import read_manifest
from orchestration.settings import Settings
from orchestration.warehouse import lake_root, opened
from orchestration.writer_lock import writer_lock
from site_builder.failures import SiteError
from site_builder.forgetting.forget import Cleared, clear_site, names_in_data
from site_builder.forgetting.traces import Traces
from site_builder.planning.scopes import read_scopes


@dataclass(frozen=True)
class ForgottenPerson:
    """What was done. raw: lines of each landed file that still name the person; left: what else may, a line each.

    beside: entries and files beside the warehouse; was_known: whether the person was forgotten before.
    """

    pseudonym: str
    was_known: bool
    erased: Erased
    pages: Cleared
    beside: int
    raw: Mapping[str, int] = field(default_factory=dict)
    left: tuple[str, ...] = ()


def forget(pipeline: Pipeline, tenant_id: str, user_id: str, also: Sequence[str] = ()) -> ForgottenPerson:
    """Replace name, address and id of a user by a pseudonym wherever this warehouse and its site have them.

    also: further names and addresses that the person was known by. Figures stay, and are compared. Raises ForgetError
    (nothing is done where it says so), and whatever a build or the site raises: done again, it goes on.
    """
    settings, warehouse = pipeline.settings, pipeline.settings.warehouse
    with writer_lock(warehouse):
        with opened(warehouse) as con:
            ensure_catalog(con)
            person, known = find_person(con, tenant_id, user_id, also, settings.pseudonym_secret)
        require_whole_lake(warehouse)
        person = _with_names_in_site(person, settings.site)
        pipeline.build(to=built_to(warehouse))
        with opened(warehouse) as con:
            figures = figures_before(con, person) or marts_add_up_to(con)
            begin(con, person, figures)
        keep(warehouse)
        erased = _erase(warehouse, person, pipeline)
        keep(warehouse)
        pipeline.build(to=built_to(warehouse))
        _compare(warehouse, person, figures)
        pipeline.serve()
        pages = _clear_pages(pipeline, person)
        beside, unread = _clear_beside(settings, person, is_trial=False)
        was_known = known.person(tenant_id, user_id) is not None
        with opened(warehouse) as con:
            _record(con, person, len(pages.files), was_known=was_known)
        copy_afresh(warehouse, STORAGE_VERSION)
        keep(warehouse)
        with opened(warehouse, read_only=True) as con:
            raw, more = left.lines_in_raw(con, person), left.other_sites(con, settings.site)
            unknown = left.unknown_lines(con)
    rest = (*unknown, *_left(settings, person, [*more, *unread]))
    return ForgottenPerson(person.pseudonym, was_known, erased, pages, beside, raw, rest)


def look_for(pipeline: Pipeline, tenant_id: str, user_id: str, also: Sequence[str] = ()) -> ForgottenPerson:
    """What `forget` would change; nothing is. Raises ForgetError."""
    settings, warehouse = pipeline.settings, pipeline.settings.warehouse
    with writer_lock(warehouse):
        with opened(warehouse) as con:
            ensure_catalog(con)
            con.begin()
            person, known = find_person(con, tenant_id, user_id, also, settings.pseudonym_secret)
            con.rollback()
            person = _with_names_in_site(person, settings.site)
            everybody = Forgotten("trial", marks_of(person, "trial"))
            erased = look(con, Lake(con, lake_root(warehouse), 0), everybody, pipeline.progress)
            more = left.other_sites(con, settings.site)
        pages = _cleared(settings.site, person, pipeline, is_trial=True)
        beside, _ = _clear_beside(settings, person, is_trial=True)
    return ForgottenPerson(
        person.pseudonym, known.person(tenant_id, user_id) is not None, erased, pages, beside, {},
        tuple(_left(settings, person, more)),
    )  # fmt: skip


def _erase(warehouse: Path, person: Person, pipeline: Pipeline) -> Erased:
    with opened(warehouse) as con:
        row = con.execute("select coalesce(max(load_id), 0) from lake.loads").fetchone()
        assert row is not None
        lake = Lake(con, lake_root(warehouse), row[0] + 1)
        erased = erase(con, lake, read_forgotten(con), pipeline.progress)
        add_found(con, person, erased.rows, erased.refused)
    return erased


def _compare(warehouse: Path, person: Person, figures: str) -> None:
    with opened(warehouse) as con:
        differ = differing(figures, marts_add_up_to(con))
        if differ:
            con.execute("update lake.forgetting set figures = '' where tenant_id = $1 and user_id = $2",
                        [person.tenant_id, person.user_id])  # fmt: skip
            raise ForgetError(
                f"the figures of {', '.join(differ)} are no longer what they were: the person is out of lake and "
                "marts, not yet out of the site; look at them, and give the command again to go on all the same"
            )


def _with_names_in_site(person: Person, site: Path) -> Person:
    try:
        names = names_in_data(site, person.tenant_id, person.user_id) - {person.user_id, person.pseudonym}
    except SiteError as error:
        raise ForgetError(f"{error}; nothing was done") from error
    return Person(person.tenant_id, person.user_id, tuple(dict.fromkeys([*person.texts, *sorted(names)])),
                  person.pseudonym)  # fmt: skip


def _traces(person: Person) -> Traces:
    is_telling = any(mark[1] != "id" and mark[2] == len(person.user_id) for mark in marks_of(
        Person(person.tenant_id, person.user_id, (), person.pseudonym), ""))  # fmt: skip
    texts = (*person.texts, person.user_id) if is_telling else person.texts
    return Traces(person.tenant_id, person.user_id, texts, person.pseudonym)


def _clear_pages(pipeline: Pipeline, person: Person) -> Cleared:
    """Names out of what is published, and then everything made again that can be."""
    cleared = _cleared(pipeline.settings.site, person, pipeline, is_trial=False)
    if read_manifest(pipeline.settings.site).files:
        pipeline.publish(renamed=True)
    return cleared


def _cleared(site: Path, person: Person, pipeline: Pipeline, *, is_trial: bool) -> Cleared:
    def progress(done: int, total: int) -> None:
        pipeline.progress("forget in the site", done, total)

    if not read_manifest(site).files:
        return Cleared()
    with opened(pipeline.settings.warehouse, read_only=True) as con:
        as_of = {scope.tenant_id: scope.as_of for scope in read_scopes(con, None)}
    with pipeline.settings.configuration.in_use():
        return clear_site(site, _traces(person), as_of, progress, is_trial=is_trial)


def _clear_beside(settings: Settings, person: Person, *, is_trial: bool) -> tuple[int, list[str]]:
    """How many entries and files beside the warehouse named the person, and which files could not be read."""
    traces, published = _traces(person), read_manifest(settings.site)
    count = clear_mail(settings.beside_warehouse("mail"), traces, published, is_trial=is_trial)
    count += clear_alerts(settings.beside_warehouse("alerts"), traces, is_trial=is_trial)
    unread: list[str] = []
    home = Path(os.environ.get("DAGSTER_HOME") or settings.dagster_home)
    for folder in folders_beside(home, settings.beside_warehouse("dbt")):
        changed, more = clear_folder(folder, traces, is_trial=is_trial)
        count += changed
        unread += more
    return count, unread


def _record(con: duckdb.DuckDBPyConnection, person: Person, pages: int, *, was_known: bool) -> None:
    con.begin()
    rows, refused = found_so_far(con, person)
    end(con, person)
    if rows or refused or pages or not was_known:
        con.execute(
            "insert into audit.erasures values ($1, $2, $3, $4, $5, current_timestamp at time zone 'UTC')",
            [person.tenant_id, person.pseudonym, rows, refused, pages],
        )
    con.commit()


def _left(settings: Settings, person: Person, places: Sequence[str]) -> list[str]:
    lines = [f"{place} may still name the person: it is not changed here" for place in places]
    lines += [f"{path} may still name the person: remove it" for path in left.damaged_files(settings.warehouse)]
    target = settings.publish_target or "TARGET"
    lines.append(f"releases: tallybook publish {target} --keep 1 shows the new pages and removes the earlier releases")
    lines.append("mails and alerts that went out, exported files, backups and other copies: delete them where they are")
    watching = {address.strip().lower() for address in os.environ.get("TALLYBOOK_ALERT_MAIL", "").split(",")}
    if watching & {text.lower() for text in person.texts}:
        lines.append("TALLYBOOK_ALERT_MAIL: alerts still go to an address of the person")
    return lines
