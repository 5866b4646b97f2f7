"""What dbt is spared in a run of a project that a parse has checked. Nothing of it changes a result; all is undone.

TALLYBOOK_PLAIN_DBT=1 runs dbt as it is; so does another version of what is patched than those that this was tried with.
"""

from __future__ import annotations

import gc
import json
import os
import re
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from importlib import import_module
from importlib.metadata import version
from itertools import count
from pathlib import Path
from typing import Any

from orchestration.building.dbt_contexts import Replacement, made_once
from orchestration.building.dbt_templates import KeptTemplates

# The locked ones. Before another goes in here, see tests/dbt_project/test_plain_dbt.py pass with it.
TRIED_WITH = {"dbt-core": "1.11.16", "dbt-common": "1.39.0", "jinja2": "3.1.6", "mashumaro": "3.14"}
# The only event of dbt's that anybody here listens to.
LISTENED_TO = "NodeFinished"
_runs = count(1)
RUNS_BETWEEN_HUNTS = 4
# A query that begins with CTEs, after comments if need be; any other, and several at once, are left to dbt.
_CTES = re.compile(r"(?:\s|--[^\n]*\n)*with\b(?!\s+recursive\b)(?=(?:--[^\n]*|[^;])*+$)", re.IGNORECASE)


def are_wanted() -> bool:
    """Whether dbt is patched: not where the environment wants it plain, nor in versions that nobody tried this with."""
    return os.environ.get("TALLYBOOK_PLAIN_DBT", "0") in ("", "0") and not _untried()


@cache
def _untried() -> bool:
    there = {name: version(name) for name in TRIED_WITH}
    others = [f"{name} is {there[name]}, not {tried}" for name, tried in TRIED_WITH.items() if there[name] != tried]
    if others:
        warnings.warn(f"dbt is run as it is, which takes longer: {', '.join(others)}", stacklevel=2)
    return bool(others)


@contextmanager
def without_garbage_hunts() -> Iterator[None]:
    """A run leaves little garbage, and the hunt goes through the hundred thousand objects that dbt is made of.

    They are left out of later hunts too, the one at the end of the process included, until a later run of the process.
    """
    was_enabled = gc.isenabled()
    if next(_runs) % RUNS_BETWEEN_HUNTS == 0:
        gc.unfreeze()
        gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if was_enabled:
            gc.enable()


def import_dbt() -> None:
    """Import dbt. Its six hundred classes get their methods to and from dicts when one is first called: few ever are.

    mashumaro, which writes these methods, can only defer the half of that work.
    """
    mixin = import_module("mashumaro.mixins.dict")
    deferred = [
        (mixin, "compile_mixin_packer", _deferred(mixin.compile_mixin_packer, "to_{}", lambda method: method)),
        (mixin, "compile_mixin_unpacker", _deferred(mixin.compile_mixin_unpacker, "from_{}", classmethod)),
    ]
    with _replaced(deferred):
        import_module("dbt.cli.main")


def _deferred(compile_methods: Callable[..., None], naming: str, bind: Callable[..., Any]) -> Callable[..., None]:
    def compile_on_first_call(cls: type, format_name: str = "dict", **params: Any) -> None:
        public = naming.format(format_name)

        def first_call(this: Any, *args: Any, **kwargs: Any) -> Any:
            compile_methods(cls, format_name=format_name, **params)
            return getattr(this, public)(*args, **kwargs)

        for name in (public, f"__mashumaro_{public}__"):
            setattr(cls, name, bind(first_call))

    return compile_on_first_call


@contextmanager
def with_a_checked_project(templates: KeptTemplates) -> Iterator[None]:
    """Spare dbt what the parse has found out, what an earlier run has compiled, and what nobody reads."""
    from dbt import compilation
    from dbt.artifacts.schemas import base
    from dbt.compilation import Linker
    from dbt.plugins.manager import PluginManager
    from dbt_common.behavior_flags import BehaviorFlagRendered
    from dbt_common.dataclass_schema import dbtClassMixin
    from dbt_common.events.base_types import BaseEvent
    from dbt_common.events.event_manager import EventManager
    from jinja2 import Environment
    from jinja2.sandbox import SandboxedEnvironment
    from networkx import is_directed_acyclic_graph

    find_cycles: Callable[[Any], Any] = Linker.find_cycles
    inject = compilation.inject_ctes_into_sql
    make, send = BaseEvent.__init__, EventManager.fire_event
    replacements: list[Replacement] = [
        # The JSON schemas of the project's and the profile's files need not be derived and checked again.
        (dbtClassMixin, "validate", classmethod(lambda cls, data: None)),
        # Plugins are looked for in every folder of the environment; the locked one has none.
        (PluginManager, "get_prefixed_modules", classmethod(lambda cls: {})),
        # Which cycle it is takes far longer to find than whether there is one.
        (Linker, "find_cycles", lambda self: None if is_directed_acyclic_graph(self.graph) else find_cycles(self)),
        # A summary of the graph, for those who tune dbt.
        (Linker, "get_graph_summary", lambda self, manifest: {}),
        # Who declares a flag is read off the stack and its source files.
        (BehaviorFlagRendered, "_default_source", staticmethod(lambda: "dbt")),
        (Environment, "compile", templates.compiling(Environment.compile)),
        # Templates are the project's own, and have been read by people.
        (SandboxedEnvironment, "is_safe_attribute", lambda *_: True),
        # Ephemeral models are put before the CTEs of a model, whose SQL is parsed whole to find them.
        (
            compilation,
            "inject_ctes_into_sql",
            lambda sql, ctes: _with_ctes(sql, [cte.sql for cte in ctes]) or inject(sql, ctes),
        ),
        # The manifest has four hundred thousand pieces, each of which is written by itself.
        (base, "write_json", _write_json),
        *made_once(),
        # A dozen messages per model are made and sent, to nobody.
        (
            BaseEvent,
            "__init__",
            lambda event, *args, **kwargs: make(event, *args, **kwargs) if _is_heard(event) else None,
        ),
        (
            EventManager,
            "fire_event",
            lambda manager, event, *args, **kwargs: send(manager, event, *args, **kwargs) if _is_heard(event) else None,
        ),
    ]
    with _replaced(replacements):
        yield


def _write_json(path: str, data: Any) -> bool:
    """`write_json`, by the encoder of json that is written in C, which only writes whole texts."""
    from dbt_common.utils.encoding import JSONEncoder

    place = Path(path)
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(json.dumps(data, cls=JSONEncoder), encoding="utf-8")
    return True


def _with_ctes(sql: str, ctes: Sequence[str]) -> str:
    begins = _CTES.match(sql)
    return f"{sql[: begins.end()]}{', '.join(ctes)},{sql[begins.end() :]}" if begins and ctes else ""


def _is_heard(event: Any) -> bool:
    return type(event).__name__ == LISTENED_TO


@contextmanager
def _replaced(replacements: Sequence[Replacement]) -> Iterator[None]:
    before = [(owner, name, vars(owner)[name]) for owner, name, _ in replacements]
    for owner, name, replacement in replacements:
        setattr(owner, name, replacement)
    try:
        yield
    finally:
        for owner, name, original in before:
            setattr(owner, name, original)
