"""Making the pages of items, teams and users: those whose content changed, over as many processes as asked for."""

import hashlib
import multiprocessing
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import duckdb

from site_builder.configuration.schema import Configuration
from site_builder.entities.compose import EntityPage, compose, compose_list
from site_builder.entities.reading import read_views
from site_builder.entities.selection import Listing, chosen, read_listings
from site_builder.entities.view import Entity, EntityView
from site_builder.failures import Failed, SiteError, costing_only, reason_of, stops_all
from site_builder.files import urls
from site_builder.files.manifest import FileRecord, Manifest, PublishedEntity
from site_builder.files.urls import KINDS
from site_builder.files.write import Draft
from site_builder.pages import mentions
from site_builder.pdf import forking
from site_builder.planning.scopes import Scope
from site_builder.render import templating
from site_builder.reports import outputs
from site_builder.reports.workers import Died, done_by_workers

# Fewer pages than that are made sooner than two workers have started.
_WORTH_IT = 16


@dataclass(frozen=True)
class Gathered:
    """What there is to make: numbers of the pages to be looked at, lists of their scopes, and `kept` folders of others.

    `listings` by the scope's folder: of scopes of which nothing is looked at there is none.
    """

    views: Sequence[EntityView] = ()
    listings: Sequence[tuple[Scope, Listing]] = ()
    kept: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Basis:
    """What pages are made with; `sound`: what is published without what was damaged since."""

    draft: Draft
    published: Manifest
    sound: Manifest
    configuration: Configuration
    css: bytes
    builder: str
    explained: Sequence[str]


@dataclass
class Result:
    """The pages that are there, by folder, the records of all files, and which of these were made by this build."""

    entities: dict[str, PublishedEntity] = field(default_factory=dict)
    files: dict[str, FileRecord] = field(default_factory=dict)
    fresh: set[str] = field(default_factory=set)


_Made = tuple[PublishedEntity, tuple[FileRecord, ...] | None]


def gather(
    con: duckdb.DuckDBPyConnection, basis: Basis, scopes: Sequence[Scope], looked_at: Collection[str]
) -> Gathered:
    """Read what the pages need of scopes whose folder is `looked_at`, or whose pages are to be others than they are."""
    published, sound = basis.published, basis.sound
    is_as_asked = published.configuration == str(basis.configuration)
    views: list[Entity] = []
    found = {scope.folder for scope in scopes}
    listings, kept = [], {folder for folder, page in published.entities.items() if page.scope not in found}
    for scope, listing in zip(scopes, read_listings(con, scopes), strict=True):
        present = {(page.kind, page.tenant_id, page.key): folder for folder, page in published.entities.items()
                   if page.scope == scope.folder}  # fmt: skip
        wanted = chosen(scope, listing, basis.configuration.pages, present if is_as_asked else ())
        folders = {entity.folder for entity in wanted}
        if scope.folder in looked_at or folders != set(present.values()) or not _are_whole(published, sound, scope):
            views += wanted
            listings.append((scope, listing))
        else:
            kept |= folders
    names = {scope.tenant_id: scope.name for scope in scopes if scope.tenant_id is not None}
    return Gathered(read_views(con, views, names), listings, frozenset(kept))


def make(basis: Basis, gathered: Gathered, workers: int, failed: list[Failed]) -> Result:
    """Every page and list; what cannot be made goes to `failed`, and stays as published."""
    own = _files_by_folder(basis.published)
    result = Result()
    for folder in gathered.kept:
        _keep(basis, result, own, folder)
    before = len(failed)
    for number, made in _made(basis, gathered.views, workers):
        folder = gathered.views[number].entity.folder
        if isinstance(made, Failed):
            basis.draft.forget(folder)
            failed.append(made)
            _keep(basis, result, own, folder)
        elif made[1] is None:
            _keep(basis, result, own, folder)
        else:
            result.entities[folder] = made[0]
            result.files |= {file.path: file for file in made[1]}
            result.fresh |= {file.path for file in made[1]}
    if len(failed) > before:
        _unlink_failed(basis, result)
    _put_lists(basis, gathered, result, failed)
    return result


def _unlink_failed(basis: Basis, result: Result) -> None:
    """Pages were made as if all of them could be: they lead to none that could not."""
    there = {page.scope: mentions.places(result.entities.values(), page.scope) for page in result.entities.values()}
    for path in sorted(path for path in result.fresh if path.endswith("/index.html")):
        content = basis.draft.find(path).read_bytes()
        new = mentions.linked(content, path, there[path.split("/")[0]])
        if new != content:
            result.files[path] = basis.draft.put(path, new)


def _keep(basis: Basis, result: Result, own: Mapping[str, Sequence[FileRecord]], folder: str) -> None:
    if folder in basis.published.entities:
        result.entities[folder] = basis.published.entities[folder]
        result.files |= {file.path: file for file in own.get(folder, ())}


def _made(basis: Basis, views: Sequence[EntityView], workers: int) -> list[tuple[int, _Made | Failed]]:
    wanted = [_record(view, "") for view in views]
    there = {folder: mentions.places(wanted, folder) for folder in {view.entity.scope.folder for view in views}}
    damaged = {urls.folder_of_report(path) for path in basis.published.files.keys() - basis.sound.files.keys()}

    def work(number: int) -> _Made | Failed | SiteError:
        entity = views[number].entity
        try:
            with basis.configuration.in_use():
                return _make(basis, views[number], there[entity.scope.folder], is_sound=entity.folder not in damaged)
        except Exception as error:
            reason = reason_of(error)
            return SiteError(reason) if stops_all(error) else Failed(entity.folder, reason)

    forkable = "fork" in multiprocessing.get_all_start_methods() and not multiprocessing.current_process().daemon
    results: Iterable[tuple[int, _Made | Failed | SiteError | Died]]
    if forkable and workers > 1 and len(views) >= _WORTH_IT and forking.may_fork():
        results = done_by_workers(range(len(views)), work, workers)
    else:
        results = ((number, work(number)) for number in range(len(views)))
    found: dict[int, _Made | Failed] = {}
    for number, made in results:
        if isinstance(made, SiteError):
            raise made
        found[number] = Failed(views[number].entity.folder, made.reason) if isinstance(made, Died) else made
    return sorted(found.items(), key=lambda pair: pair[0])


def _make(basis: Basis, view: EntityView, there: Mapping[str, str], *, is_sound: bool) -> _Made:
    page = compose(view, basis.css)
    looks = repr((page, str(basis.configuration.brand), basis.configuration.notation.locale, basis.builder))
    record = _record(view, hashlib.sha256(looks.encode("utf-8", "surrogatepass")).hexdigest())
    folder = view.entity.folder
    if is_sound and basis.published.entities.get(folder) == record:
        return record, None
    return record, tuple(
        basis.draft.put(f"{folder}/{name}", content) for name, content in _contents(page, there).items()
    )


def _contents(page: EntityPage, there: Mapping[str, str]) -> dict[str, bytes]:
    contents = {f"data/{card.name}.csv": outputs.csv_bytes(card.table) for card in page.cards}
    return contents | {"index.html": mentions.linked(templating.html("entity.html", page), page.path, there)}


def _record(view: EntityView, fingerprint: str) -> PublishedEntity:
    entity = view.entity
    return PublishedEntity(entity.folder, entity.scope.folder, entity.kind, entity.tenant_id, entity.key, fingerprint)


def _put_lists(basis: Basis, gathered: Gathered, result: Result, failed: list[Failed]) -> None:
    """The lists of each kind of which a scope has a page."""
    renewed = {scope.folder: (scope, listing) for scope, listing in gathered.listings}
    for folder, kind in sorted({(page.scope, page.kind) for page in result.entities.values()}):
        path = urls.entity_index(folder, kind)
        data = urls.entity_list_data(folder, kind)
        if folder in renewed:
            scope, listing = renewed[folder]
            there = mentions.places(result.entities.values(), folder)
            with costing_only(path, failed):
                page = compose_list(scope, kind, listing[kind], basis.css, basis.explained)
                html = mentions.linked(templating.html("entities.html", page), path, there)
                contents = {data: outputs.csv_bytes(page.card.table), path: html}
                result.files |= {name: basis.draft.put(name, content) for name, content in contents.items()}
                result.fresh.add(path)
        if path not in result.files:
            kept = [name for name in (path, data) if name in basis.published.files]
            result.files |= {name: basis.published.files[name] for name in kept}


def _files_by_folder(published: Manifest) -> Mapping[str, Sequence[FileRecord]]:
    found: dict[str, list[FileRecord]] = defaultdict(list)
    for path, record in published.files.items():
        if (folder := urls.folder_of_report(path)) in published.entities:
            found[folder].append(record)
    return found


def _are_whole(published: Manifest, sound: Manifest, scope: Scope) -> bool:
    below = tuple(urls.entity_index(scope.folder, kind).removesuffix("index.html") for kind in KINDS)
    return all(path in sound.files for path in published.files if path.startswith(below))
