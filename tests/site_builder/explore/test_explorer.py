"""The explorer's months hold what the marts hold, of their own scope alone, and are remade only where it changed."""

import base64
import gzip
import json
import re
import shutil
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

from site_builder.build import build_site
from site_builder.explore import months
from site_builder.gather import cubes
from site_builder.planning import scopes

DIMS = {"team": "team_id", "user": "user_id", "item": "item_id", "model": "model_id", "channel": "channel"}
SUMS = "sum(requests), sum(errors), sum(uncosted_requests), sum(total_tokens), sum(credits), sum(coalesce(cost_usd, 0))"


def month_of(site: Path, folder: str, month: str) -> dict:
    text = (site / folder / "explore" / "data" / f"{month}.js").read_text("ascii")
    packed = re.fullmatch(r'explorer\.add\("(\d{4}-\d\d)","([A-Za-z0-9+/=]+)"\);\n', text)
    assert packed and packed[1] == month
    return json.loads(gzip.decompress(base64.b64decode(packed[2])))


def sums_of(table: dict[str, list[int]]) -> tuple:
    whole = {name: sum(table[name]) for name in cubes.MEASURES}
    credits = whole["credits_whole"] + Decimal(whole["credits_millionths"]).scaleb(-6)
    cost = whole["cost_whole"] + Decimal(whole["cost_millionths"]).scaleb(-6)
    return (*(whole[name] for name in cubes.MEASURES[:4]), credits, cost)


def test_months_add_up_to_the_marts(small_marts: Path, small_site: Path) -> None:
    with duckdb.connect(str(small_marts), read_only=True) as con:
        expected = con.execute(
            f"select strftime(usage_date, '%Y-%m'), {SUMS} from marts.mart_usage_daily where tenant_id = 'acme' "
            "group by all order by all"
        ).fetchall()
    assert len(expected) == 3
    for month, *sums in expected:
        document = month_of(small_site, "acme", month)
        assert sums_of(document["hours"]) == tuple(sums)
        assert {"usage_date", "hour", *DIMS} <= document["hours"].keys() and "tenant" not in document["hours"]
        assert "days" not in document


def test_a_tenants_months_name_no_other_tenant(small_site: Path) -> None:
    words = {"acme": ("Quokka", "Wombat", "Numbat"), "x.-.41cme": ("Wombat", "Quokka", "Numbat")}
    for folder, (own, *others) in words.items():
        for path in (small_site / folder / "explore").rglob("*"):
            text = path.read_text("utf-8") if path.is_file() else ""
            if path.suffix == ".js":
                text = json.dumps(month_of(small_site, folder, path.stem), ensure_ascii=False)
                assert own in text
            assert not any(word in text for word in others), path


@pytest.fixture
def february(small_marts: Path) -> Iterator[Callable[[], bytes]]:
    """Packs everyone's February."""
    with duckdb.connect(str(small_marts), read_only=True) as con:
        everyone = scopes.read_scopes(con, None)[0]
        wanted = [cubes.ScopeMonth(everyone, "2026-02", date(2026, 2, 1), date(2026, 2, 28))]
        yield lambda: months.script(next(cubes.cubes(con, wanted)))


def test_what_is_too_large_goes_without_the_finest(
    february: Callable[[], bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    found, sizes = [], [10**6]
    while len(sizes) < 3 or sizes[-1] < sizes[-2]:
        monkeypatch.setattr(months, "MOST_BYTES", sizes[-1] - 1)
        text = february()
        sizes.append(len(text))
        found.append(json.loads(gzip.decompress(base64.b64decode(text.split(b'"')[3]))))
    kept = [
        tuple([dim for dim in cubes.DIMS if dim in document.get(table, {})] for table in ("days", "hours"))
        for document in found
    ]
    everything = ["tenant", "team", "user", "item", "channel", "model"]
    assert kept[0] == ([], everything)
    assert kept[-1] == (["channel", "model"], ["channel"])
    assert len(kept) > 3
    assert len({sums_of(document["hours"]) for document in found}) == 1
    assert len({sums_of(document["days"]) for document in found[1:]}) == 1


def test_only_touched_months_are_made_anew(small_marts: Path, small_site: Path, tmp_path: Path) -> None:
    marts, site = Path(shutil.copy(small_marts, tmp_path)), tmp_path / "site"
    shutil.copytree(small_site, site)
    before = {path: (path.stat().st_mtime_ns, path.read_bytes()) for path in site.glob("*/explore/data/*.js")}
    (site / "acme/explore/data/2026-01.js").unlink()
    with duckdb.connect(str(marts)) as con:
        for mart in ("usage_events", "tenant_daily", "model_daily"):
            con.execute(
                f"update marts.mart_{mart} set requests = requests + 1 "
                "where tenant_id = 'acme' and usage_date = '2026-03-03'"
            )
    build_site(marts, site, changed={"acme": date(2026, 3, 3)})
    changed = {str(path.relative_to(site)) for path, (at, content) in before.items() if path.read_bytes() != content}
    assert changed == {"acme/explore/data/2026-03.js", "all/explore/data/2026-03.js"}
    assert (site / "acme/explore/data/2026-01.js").read_bytes() == before[site / "acme/explore/data/2026-01.js"][1]


@pytest.mark.parametrize(("most_bytes", "tables"), [(10**6, {"hours"}), (10, {"days", "hours"})])
def test_columns_of_the_months_are_whole_numbers(
    february: Callable[[], bytes], monkeypatch: pytest.MonkeyPatch, most_bytes: int, tables: set[str]
) -> None:
    monkeypatch.setattr(months, "MOST_BYTES", most_bytes)
    document = json.loads(gzip.decompress(base64.b64decode(february().split(b'"')[3])))
    assert document.keys() - {"names"} == tables
    for table in tables:
        for values in document[table].values():
            assert pa.array(values).type == pa.int64()
