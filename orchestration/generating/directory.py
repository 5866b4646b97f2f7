"""The directory of a generated platform: full snapshots as CSV."""

import csv
import io
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

from orchestration.generating import catalogue, names
from orchestration.generating.draws import stream
from orchestration.generating.population import NEVER, TYPE_COUNT, Population
from orchestration.generating.rating import Rate
from orchestration.generating.tables import item_id, team_id, user_id

Row = Sequence[object]
FILES = {
    "tenants": (
        "tenant_id",
        "tenant_name",
        "timezone",
        "currency",
        "plan",
        "credit_price",
        "seats",
        "item_slots",
        "created_at",
        "admin_email",
        "next_billing_date",
        "billing_mode",
    ),
    "teams": ("tenant_id", "team_id", "team_name", "department"),
    "users": ("tenant_id", "user_id", "user_name", "email", "team_id", "role", "signed_up_at"),
    "items": ("tenant_id", "item_id", "item_type", "item_name", "created_by", "created_at", "retired_at"),
    "models": ("model_id", "model_name", "provider", "family"),
    "rates": ("model_id", "valid_from", "multiplier", "credits_per_1k_input", "credits_per_1k_output"),
    "prices": (
        "model_id",
        "valid_from",
        "usd_per_m_input",
        "usd_per_m_cached_input",
        "usd_per_m_output",
        "usd_per_request",
    ),
    "budgets": ("tenant_id", "scope", "scope_id", "month", "credits"),
    "trainings": ("tenant_id", "user_id", "training_id", "training_name", "completed_at"),
    "subscriptions": ("email", "scope", "tenant_id", "cadence", "attach"),
    "fx_rates": ("date", "currency", "usd_per_unit"),
}


def write_directory(out: Path, population: Population, rates: list[Rate], budgets: Iterable[Row], seed: int) -> None:
    """Write every file of `out/directory`."""
    rows: dict[str, Iterable[Row]] = {
        "tenants": _tenants(population),
        "teams": _teams(population),
        "users": _users(population, seed),
        "items": _items(population, seed),
        "models": _models(),
        "rates": _rates(rates),
        "prices": _prices(population),
        "budgets": budgets,
        "trainings": _trainings(population, seed),
        "subscriptions": _subscriptions(population),
        "fx_rates": _fx_rates(population),
    }
    folder = out / "directory"
    folder.mkdir(parents=True)
    for name, header in FILES.items():
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows[name])
        (folder / f"{name}.csv").write_bytes(text.getvalue().encode("utf-8"))


def credit_price(currency: str, plan: str) -> Decimal:
    """Money per credit in the tenant's currency, 4 digits."""
    price = Decimal(catalogue.PLANS[plan][0]) / Decimal(catalogue.USD_PER_UNIT[currency])
    return price.quantize(Decimal("0.0001"), ROUND_HALF_UP)


def mail_address(name: str, number: int, tenant_id: str) -> str:
    """An address under the reserved `.example`; the number keeps namesakes apart."""
    plain = (
        unicodedata.normalize("NFKD", name.replace("ø", "o").replace("ß", "ss"))
        .encode("ascii", "ignore")
        .decode("ascii")
    )
    local = plain.lower().replace(" ", ".").replace("'", "")
    return f"{local}{number if number > 50 else ''}@{tenant_id}.example"


def _tenants(population: Population) -> Iterable[Row]:
    first = population.users.number == 0
    admins = [population.users.name[i] for i in first.nonzero()[0].tolist()]
    month_after = (population.end.replace(day=1) + timedelta(days=32)).replace(day=1)
    for index, tenant in enumerate(population.tenants):
        seats = -(-tenant.users * 6 // 5 // 5) * 5
        created = population.start - timedelta(days=210 + 17 * (index % 20))
        yield (
            tenant.tenant_id,
            tenant.name,
            tenant.zone,
            tenant.currency,
            tenant.plan,
            credit_price(tenant.currency, tenant.plan),
            seats,
            seats * 2,
            created,
            mail_address(admins[index], 0, tenant.tenant_id),
            month_after,
            "postpaid" if catalogue.is_postpaid(index) else "prepaid",
        )


def _teams(population: Population) -> Iterable[Row]:
    for tenant, count in zip(population.tenants, population.teams_per_tenant.tolist(), strict=True):
        for number in range(count):
            yield (tenant.tenant_id, team_id(number), *names.TEAMS[number])


def _users(population: Population, seed: int) -> Iterable[Row]:
    users = population.users
    minutes = stream(seed, "sign-up times").integers(7 * 60, 9 * 60, len(users.name)).tolist()
    columns = zip(
        users.tenant.tolist(),
        users.number.tolist(),
        users.name,
        users.team.tolist(),
        users.role.tolist(),
        users.signed_up_day.tolist(),
        minutes,
        strict=True,
    )
    for tenant, number, name, team, role, day, minute in columns:
        tenant_id = population.tenants[tenant].tenant_id
        yield (
            tenant_id,
            user_id(number),
            name,
            mail_address(name, number, tenant_id),
            team_id(team) if team >= 0 else "",
            catalogue.ROLES[role],
            _local_time(population.start, day, minute),
        )


def _local_time(start: date, day: int, minute: int) -> str:
    """A time without offset: the directory's way of saying the tenant's own clock."""
    return (datetime.combine(start, time()) + timedelta(days=day, minutes=minute)).isoformat()


def _items(population: Population, seed: int) -> Iterable[Row]:
    items, users = population.items, population.users
    minutes = stream(seed, "item times").integers(9 * 60, 18 * 60, len(items.name)).tolist()
    columns = zip(
        items.group.tolist(),
        items.number.tolist(),
        items.name,
        items.created_by.tolist(),
        items.created_day.tolist(),
        items.retired_day.tolist(),
        minutes,
        strict=True,
    )
    for group, number, name, creator, created, retired, minute in columns:
        kind = catalogue.ITEM_TYPES[group % TYPE_COUNT]
        gone = _local_time(population.start, retired, minute) if retired < min(NEVER, population.days) else ""
        yield (
            population.tenants[group // TYPE_COUNT].tenant_id,
            item_id(kind, number),
            kind,
            name,
            user_id(int(users.number[creator])),
            _local_time(population.start, created, minute),
            gone,
        )


def _models() -> Iterable[Row]:
    return ((model.model_id, model.name, model.provider, model.family) for model in catalogue.MODELS)


def _rates(rates: list[Rate]) -> Iterable[Row]:
    for rate in rates:
        yield (
            catalogue.MODELS[rate.model].model_id,
            f"{rate.valid_from:%Y-%m-%dT%H:%M:%SZ}",
            rate.multiplier,
            rate.per_1k_input,
            rate.per_1k_output,
        )


def _prices(population: Population) -> Iterable[Row]:
    for model_id, part, hour, *usd in catalogue.CONTRACT_PRICES:
        since = datetime.combine(population.start + timedelta(days=int(part * population.days)), time(hour))
        yield (model_id, f"{since:%Y-%m-%dT%H:%M:%SZ}", *usd, "")


def _trainings(population: Population, seed: int) -> Iterable[Row]:
    users = population.users
    for training, (code, name) in enumerate(catalogue.TRAININGS):
        rng = stream(seed, "trainings", training)
        done = (rng.random(len(users.name)) < 0.65 - 0.2 * training).tolist()
        after = rng.integers(1, 40, len(users.name)).tolist()
        for index, (tenant, number, joined) in enumerate(
            zip(users.tenant.tolist(), users.number.tolist(), users.signed_up_day.tolist(), strict=True)
        ):
            day = max(joined, -60) + after[index]
            completed = _local_time(population.start, day, 15 * 60) if done[index] and day < population.days else ""
            yield (population.tenants[tenant].tenant_id, user_id(number), code, name, completed)


def _subscriptions(population: Population) -> Iterable[Row]:
    yield ("finance@platform.example", "all", "", "monthly", "pdf")
    yield ("board@platform.example", "all", "", "weekly", "")
    for index, tenant in enumerate(population.tenants):
        yield (
            f"ai-owner@{tenant.tenant_id}.example",
            "tenant",
            tenant.tenant_id,
            ("weekly", "monthly", "daily")[index % 3],
            "",
        )


def _fx_rates(population: Population) -> Iterable[Row]:
    currencies = sorted({tenant.currency for tenant in population.tenants} - {"USD"})
    for index in range(-1, population.days):
        day = population.start + timedelta(days=index)
        if day.day == 1 or index == -1:
            for place, currency in enumerate(currencies):
                drift = Decimal(1) + Decimal((day.month * 7 + place * 3) % 11 - 5) / Decimal(1000)
                usd = Decimal(catalogue.USD_PER_UNIT[currency]) * drift
                yield (day, currency, usd.quantize(Decimal("0.000001"), ROUND_HALF_UP))
