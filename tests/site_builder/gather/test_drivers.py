"""Volume, mix and price: they add up to the change to the last digit, and mean what they say."""

from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from site_builder.gather.causes import Runaway, RunawayPart
from site_builder.gather.driver_effects import Driver, Used, drivers_of, one_off_credits, one_offs, split_change
from site_builder.gather.shares import ModelUse
from site_builder.gather.view import Slice

CREDITS = st.integers(0, 10**18).map(lambda millionths: Decimal(millionths).scaleb(-6))
USES = st.dictionaries(
    st.tuples(st.sampled_from(["acme", "other"]), st.sampled_from(["a", "b", "c", "(none)"])),
    st.tuples(st.integers(0, 10**9), CREDITS),
).map(lambda found: [Used(*key, key[1], activity, credits) for key, (activity, credits) in found.items()])


def use(model: str, activity: int, credits: str, tenant: str = "acme") -> Used:
    return Used(tenant, model, model.upper(), activity, Decimal(credits))


def effects(driver: Driver) -> tuple[Decimal, Decimal, Decimal]:
    return driver.volume, driver.mix, driver.price


@given(before=USES, now=USES)
def test_they_add_up_exactly(before: list[Used], now: list[Used]) -> None:
    drivers = split_change(before, now)
    assert len(drivers) == len({each[:2] for each in [*before, *now]})
    for driver in drivers:
        assert sum(effects(driver)) == driver.change == driver.credits - driver.credits_before
    whole = sum(each.credits for each in now) - sum(each.credits for each in before)
    assert sum(sum(effects(driver)) for driver in drivers) == whole


@given(before=USES)
def test_nothing_changed_is_no_effect(before: list[Used]) -> None:
    assert all(effects(driver) == (0, 0, 0) for driver in split_change(before, before) if driver.activity)


@given(activity=st.integers(1, 10**6), now=st.integers(0, 10**6), credits=CREDITS, charged=CREDITS)
def test_one_model_alone_has_no_mix(activity: int, now: int, credits: Decimal, charged: Decimal) -> None:
    (driver,) = split_change([Used("t", "m", "M", activity, credits)], [Used("t", "m", "M", now, charged)])
    assert driver.mix == 0


def test_twice_the_activity_at_the_old_price_is_volume() -> None:
    assert effects(split_change([use("a", 10, "3")], [use("a", 20, "6")])[0]) == (3, 0, 0)


def test_a_dearer_price_for_the_same_activity_is_price() -> None:
    assert effects(split_change([use("a", 10, "3")], [use("a", 10, "4")])[0]) == (0, 0, 1)


def test_a_shift_to_the_dear_model_is_mix() -> None:
    before, now = [use("dear", 10, "50"), use("cheap", 10, "5")], [use("dear", 15, "75"), use("cheap", 5, "2.5")]
    assert [(each.key, *effects(each)) for each in split_change(before, now)] == [
        ("dear", 0, 25, 0), ("cheap", 0, Decimal("-2.5"), 0),
    ]  # fmt: skip


def test_new_and_vanished_models_and_tenants() -> None:
    before = [use("gone", 10, "7"), use("kept", 10, "10"), use("left", 4, "4", "leaver")]
    now = [use("new", 5, "9"), use("kept", 5, "5"), use("first", 2, "8", "joiner")]
    found = {each.key: effects(each) for each in split_change(before, now)}
    # acme did half as much: of the model that is gone, half would be left.
    assert found == {
        "new": (0, 9, 0), "kept": (-5, 0, 0), "gone": (Decimal("-3.5"), Decimal("-3.5"), 0),
        "first": (8, 0, 0), "left": (-4, 0, 0),
    }  # fmt: skip


def test_what_was_unrated_before_is_price() -> None:
    assert effects(split_change([use("a", 10, "0")], [use("a", 10, "4")])[0]) == (0, 0, 4)


RUNAWAY = Runaway("acme", "agent", "Agent", date(2026, 2, 11), Decimal(90), Decimal(80))


def parts(dimension: str, **credits: str) -> list[RunawayPart]:
    return [
        RunawayPart("acme", "agent", RUNAWAY.usage_date, dimension, key, 9, Decimal(part))
        for key, part in credits.items()
    ]


def test_a_one_off_is_divided_by_credits_to_the_last_digit() -> None:
    now = Slice(runaways=(RUNAWAY,), runaway_parts=(*parts("model", a="60", b="30"), *parts("item", agent="90")))
    divided = one_offs(now, "model")
    assert divided["acme", "a"] == (8, Decimal("53.333333")) and divided["acme", "b"] == (8, Decimal("26.666667"))
    assert one_off_credits(now) == sum(credits for _, credits in divided.values()) == 80


def test_taken_out_it_leaves_the_trend_and_all_four_add_up() -> None:
    now = Slice(
        model_uses=(ModelUse("acme", "a", "A", 29, Decimal(110)),),
        runaways=(RUNAWAY,), runaway_parts=tuple(parts("model", a="90")),
    )  # fmt: skip
    past = Slice(model_uses=(ModelUse("acme", "a", "A", 20, Decimal(20)),))
    (driver,) = drivers_of(past, now, "model")
    assert driver.change == 90 and driver.one_off == 80
    # Without the 80 and the eight calls that took them: 21 calls at 30 credits, before 20 at 20.
    assert driver.usual == (1, 0, 9)
    assert sum(effects(driver)) == driver.one_off + sum(driver.usual) == driver.change
    # One of the period before makes this period's change smaller by as much.
    (back,) = drivers_of(now, past, "model")
    assert back.one_off == -80 and back.one_off + sum(back.usual) == back.change == -90


@given(before=USES, now=USES, activity=st.integers(0, 50), credits=CREDITS)
def test_with_any_one_off_they_add_up(before: list[Used], now: list[Used], activity: int, credits: Decimal) -> None:
    taken = {("acme", "a"): (activity, credits), ("acme", "unheard of"): (1, credits)}
    for driver in split_change(before, now, {}, taken):
        assert sum(effects(driver)) == driver.one_off + sum(driver.usual) == driver.change
