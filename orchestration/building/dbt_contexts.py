"""What dbt makes again for each node of a run and could make once: contexts of templates, types of results."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from typing import Any

# Of an object, the attribute by this name, by that.
Replacement = tuple[Any, str, Any]


def made_once() -> list[Replacement]:
    """What to put in the place of what of dbt's, for one run."""
    from dbt import compilation
    from dbt.context import providers
    from dbt.context.macros import MacroNamespaceBuilder
    from dbt.context.manifest import ManifestContext
    from dbt.task import run, test
    from dbt_common.clients import agate_helper

    context_of, as_it_is = once_per_node(), ManifestContext.to_dict
    return [
        # Each node gets its six hundred macros twice, checked and copied one by one.
        (MacroNamespaceBuilder, "build_namespace", namespace_of),
        (ManifestContext, "to_dict", lambda context: shown(context, as_it_is)),
        (providers, "args_to_dict", once_per_run(vars(providers)["args_to_dict"])),
        *((module, "generate_runtime_model_context", context_of) for module in (compilation, run, test)),
        # Each result, where it has no rows too, gets types of its own, which read dates in any language.
        (agate_helper, "build_type_tester", type_tester),
        (agate_helper, "empty_table", no_rows),
    ]


def namespace_of(builder: Any, macros_by_package: Mapping[str, Mapping[str, Any]], context: dict[str, Any]) -> Any:
    """`MacroNamespaceBuilder.build_namespace` for macros that a parse has found to be of different names."""
    from dbt.clients.jinja import MacroGenerator
    from dbt.context.macros import MacroNamespace

    of_any: dict[str, Any] = {"context": context, "node": builder.node, "stack": builder.thread_ctx}
    by_package: dict[str, dict[str, Any]] = {}
    for package, macros in macros_by_package.items():
        callables = by_package[package] = {}
        for macro in macros.values():
            callables[macro.name] = made = MacroGenerator.__new__(MacroGenerator)
            made.__dict__.update(of_any, macro=macro)
    internal, search, root = builder.internal_package_names, builder.search_package, builder.root_package
    packages = {name: callables for name, callables in by_package.items() if name not in internal}
    of_dbt: dict[str, Any] = {}
    for name in reversed(builder.internal_package_names_order):
        of_dbt.update(by_package.get(name, {}))
    return MacroNamespace(
        global_namespace=dict(packages.get(root, {})) if root != search else {},
        local_namespace=dict(packages.get(search, {})),
        global_project_namespace=of_dbt,
        packages=packages,
    )


def shown(context: Any, as_it_is: Callable[[Any], dict[str, Any]]) -> dict[str, Any]:
    """`ManifestContext.to_dict`, which copies the macros of the project twice per node, one look-up each."""
    from dbt.context.configured import ConfiguredContext
    from dbt.context.macros import MacroNamespace

    if not isinstance(context.namespace, MacroNamespace):
        return as_it_is(context)
    names = ConfiguredContext.to_dict(context)
    for macros in reversed(list(context.namespace._search_order())):
        names.update(macros)
    return names


# What of a node's context its own SQL, once it is compiled, changes.
_COMPILED = {"model": "ctx_model", "compiled_code": "compiled_code", "sql": "sql"}


def once_per_node() -> Callable[[Any, Any, Any], dict[str, Any]]:
    """`generate_runtime_model_context`, which dbt calls to compile a node and again, on the same thread, to run it."""
    from dbt.context.providers import ModelContext, RuntimeProvider

    of_thread = threading.local()

    def context_of(model: Any, config: Any, manifest: Any) -> dict[str, Any]:
        if (done := getattr(of_thread, "done", None)) is not None:
            # It refers to itself, so that it would stay: a third of a megabyte for each node.
            done._ctx.clear()
        compiling, of_thread.compiling, of_thread.done = getattr(of_thread, "compiling", None), None, None
        if compiling is None or compiling.model is not model:
            of_thread.compiling = ModelContext(model, config, manifest, RuntimeProvider(), None)
            context: dict[str, Any] = of_thread.compiling.to_dict()
            return context
        of_thread.done = compiling
        compiling.sql_results.clear()
        compiled = {name: getattr(compiling, attribute) for name, attribute in _COMPILED.items()}
        compiling._ctx["builtins"].update(compiled)
        compiling._ctx.update(compiled)
        compiled_context: dict[str, Any] = compiling._ctx
        return compiled_context

    return context_of


def once_per_run(args_to_dict: Callable[[Any], dict[str, Any]]) -> Callable[[Any], dict[str, Any]]:
    """`args_to_dict`, whose arguments are the same in all of a run."""
    known: list[tuple[Any, dict[str, Any]]] = []

    def as_dict(args: Any) -> dict[str, Any]:
        for each, found in known:
            if each is args:
                return dict(found)
        known.append((args, args_to_dict(args)))
        return dict(known[-1][1])

    return as_dict


def type_tester(text_columns: Iterable[str], string_null_values: Sequence[str] = ("null", "")) -> Any:
    """`build_type_tester` with types that are made once: those of dates compile a calendar of a hundred patterns."""
    import agate

    types = _types(tuple(string_null_values))
    return agate.TypeTester(force=dict.fromkeys(text_columns, types[-1]), types=types)


@cache
def _types(text_nulls: tuple[str, ...]) -> list[Any]:
    import agate
    from dbt_common.clients.agate_helper import DEFAULT_TYPE_TESTER

    return [*DEFAULT_TYPE_TESTER._possible_types[:-1], agate.Text(null_values=text_nulls)]


@cache
def no_rows() -> Any:
    """`empty_table`: the result of every statement that returns none."""
    import agate

    return agate.Table(rows=[])
