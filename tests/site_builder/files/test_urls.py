"""Folder names of tenants: apart from each other, and safe wherever they are put."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from site_builder.files.urls import MAX_FOLDER, relative, tenant_folder

IDS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=100)
TRICKY = st.text(st.sampled_from("aA.-x/h0123456789ef"), min_size=1, max_size=9)


def test_plain_ids_stay_as_they_are_and_others_are_escaped() -> None:
    assert tenant_folder("acme-2") == "acme-2"
    assert tenant_folder("a/b") == "a.2fb"
    assert len({tenant_folder("acme"), tenant_folder("Acme"), tenant_folder("acme "), tenant_folder("acme.")}) == 4


@pytest.mark.parametrize(
    "tenant_id", ["all", "assets", "con", "NUL", "com1", "lpt9", "aux.txt", "con.", "-rf", "..", ".git"]
)
def test_reserved_names_are_never_given(tenant_id: str) -> None:
    folder = tenant_folder(tenant_id)
    assert folder not in ("all", "assets", tenant_id)
    assert folder.split(".")[0] not in ("con", "nul", "com1", "lpt9", "aux")
    assert folder[0] not in ".-"


@given(IDS)
@example("x" * 100)
@example("\U0001f600" * 100)
@example("all")
def test_every_name_is_safe_on_any_file_system(tenant_id: str) -> None:
    folder = tenant_folder(tenant_id)
    assert re.fullmatch(r"[a-z0-9][a-z0-9.-]*[a-z0-9-]|[a-z0-9]", folder), folder
    assert folder != "all" and len(folder) <= MAX_FOLDER


@given(st.lists(st.one_of(IDS, TRICKY), min_size=2, max_size=30, unique=True))
@example(["all", "x.-all", "x.2dall", "ALL"])
@example(["y" * 99, "y" * 100, "h.-yyyyyyyyy"])
def test_different_tenants_have_different_folders(tenant_ids: list[str]) -> None:
    assert len({tenant_folder(tenant_id) for tenant_id in tenant_ids}) == len(tenant_ids)


@given(IDS, IDS)
def test_secret_folders_depend_on_id_and_secret(one: str, other: str) -> None:
    assert tenant_folder(one, "s1") != tenant_folder(one, "s2")
    assert (tenant_folder(one, "s") == tenant_folder(other, "s")) == (one == other)
    assert re.fullmatch(r"[0-9a-f]{40}", tenant_folder(one, "s"))


def test_links_are_relative() -> None:
    assert relative("acme/daily/2026-01-01/index.html", "acme/index.html") == "../../index.html"
    assert relative("index.html", "acme/index.html") == "acme/index.html"
