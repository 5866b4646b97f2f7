"""What lines of the statement cost: they add up to the period's spend, and what is unknown is never 0."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from site_builder.cards import statement
from site_builder.gather.ledger import Entry, PoolMove
from site_builder.gather.spend import NO_LINE, TENANT, LineSpend, Spend
from site_builder.gather.view import Slice, View
from site_builder.pdf.account import content
from site_builder.planning import periods
from site_builder.planning.scopes import Scope
from tests.site_builder.pdf.test_statement_pdf import page

FEBRUARY = periods.month_of(date(2026, 2, 1))
ZERO = Decimal(0)


def _entry(number: int, day: int, pool: str, credits: str, balance: str, **fields: object) -> Entry:
    entry = Entry(
        "t", number, date(2026, 2, day), "spend", "usage", f"Model {number}", pool, "m", "(none)", "(none)", Decimal(2),
        Decimal(1), Decimal(credits), None, None, Decimal(balance),
    )  # fmt: skip
    return entry._replace(**fields)


def _line(
    day: int, pool: str, amount: str | None, unknown: str = "0", currency: str = "EUR", month: str = "(none)"
) -> LineSpend:
    money = None if amount is None else Decimal(amount)
    dollars = None if money is None else money * 2
    return LineSpend("t", date(2026, 2, day), "m", pool, month, currency, money, dollars, Decimal(unknown))


def _spend(currency: str, amount: str, unknown: str) -> Spend:
    money = Decimal(amount)
    return Spend(TENANT, "t", "t", currency, money, money * 2, Decimal(unknown), None, None, None, None)


ENTRIES = (
    _entry(1, 1, "plan", "-4", "6"),
    _entry(2, 1, "topup", "-3", "3"),
    _entry(3, 1, "topup", "-1", "2", kind="jobs", model_id="(none)", job_id="j"),
    _entry(4, 2, "overdraft", "-5", "-3"),
    _entry(5, 3, "plan", "-2", "-5"),
)
LINES = (_line(1, "plan", "1.5"), _line(1, "topup", "0.333333", "1"), _line(1, NO_LINE, "2", "-3", month="2026-01"),
         _line(2, "overdraft", None, "5"))  # fmt: skip


def _view(spends: tuple[Spend, ...], lines: tuple[LineSpend, ...] = LINES) -> View:
    pools = (
        PoolMove("t", "plan", Decimal(10), ZERO, Decimal(15), ZERO, ZERO, Decimal(-5)),
        PoolMove("t", "promo", ZERO, ZERO, ZERO, ZERO, ZERO, ZERO),
        PoolMove("t", "overdraft", ZERO, ZERO, ZERO, ZERO, ZERO, ZERO),
    )
    scope = Scope("t", "Tenant", "t", "UTC", date(2026, 1, 1), date(2026, 3, 1), ("t",))
    period = periods.cut(periods.MONTHLY, FEBRUARY, FEBRUARY.last)
    now = Slice(pools=pools, entries=ENTRIES, spends=spends, line_spends=lines)
    return View(scope, period, periods.previous(period), now, Slice(), {}, {"t": "Tenant"})


def _cells(view: View) -> list[tuple[object, ...]]:
    table = statement.build(view).table
    names = [column.name for column in table.columns]
    picked = (
        "entry_no",
        "description",
        "credits",
        "spend_amount",
        "spend_currency",
        "unknown_credits",
        "balance_after",
    )
    return [tuple(row[names.index(name)] for name in picked) for row in table.rows[1:-1]]


def test_lines_add_up_to_the_spend_and_say_what_is_unknown() -> None:
    view = _view((_spend("EUR", "3.833333", "3"),))
    cells = _cells(view)
    assert cells == [
        (1, "Model 1", -4, Decimal("1.5"), "EUR", 0, 6),
        (2, "Model 2", -3, Decimal("0.333333"), "EUR", 1, 3),
        (3, "Model 3", -1, None, None, None, 2),
        (None, "Overdraft of 2026-01 paid off, m", 0, 2, "EUR", -3, 2),
        (4, "Model 4", -5, None, None, 5, -3),
        (5, "Model 5", -2, None, None, None, -5),
    ]
    assert sum(row[3] for row in cells if isinstance(row[3], Decimal)) == Decimal("3.833333")
    card = statement.build(view)
    assert [(fact.label, fact.text) for fact in card.facts][2] == ("Spend", "3.83 EUR")
    assert card.note == (
        "What lines cost in months that were closed before it was kept is not known. "
        "What 3.00 credits cost is not known and not in the spend."
    )


def test_lines_of_several_currencies_are_told_in_dollars() -> None:
    lines = (*LINES[:2], _line(1, "topup", "1", currency="GBP"))
    spends = (_spend("EUR", "1.833333", "1"), _spend("GBP", "1", "0"))
    assert [row[3:5] for row in _cells(_view(spends, lines))][:2] == [(3, "USD"), (Decimal("2.666666"), "USD")]


def test_the_printed_statement_has_the_spend_of_each_pool_and_its_sum() -> None:
    view = _view((_spend("EUR", "3.833333", "3"),))
    data = content(view, page(view)).data
    pools = data["tables"][0]
    assert pools["columns"][-1]["label"] == "Spend (EUR)"
    assert [(row[0], row[-1]) for row in pools["rows"]] == [
        ("plan", "1.50"), ("promo", "0.00"), ("overdraft", "–"), ("Closed months", "2.00"), ("All", "3.833333"),
    ]  # fmt: skip
    assert data["note"] == "What 3.00 credits cost is not known and not in the spend."
