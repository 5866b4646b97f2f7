"""Events as an Arrow table in the fields of the native usage log."""

from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from orchestration.generating import catalogue, names
from orchestration.generating.draws import Ints
from orchestration.generating.events import ABSENT, CALL, Events
from orchestration.generating.population import TYPE_COUNT, Population
from orchestration.generating.sessions import APP, Sessions

DECIMAL = pa.decimal128(18, 6)
KINDS = ("request", "run", "call")
DIRECTIONS = ("inbound", "outbound")


def decimals(millionths: Ints, absent: NDArray[np.bool_]) -> pa.Array:
    """DECIMAL(18,6) values from whole millionths, null where `absent`."""
    wide = np.stack((millionths, millionths >> 63), axis=1)
    present = np.packbits(~absent, bitorder="little")
    return pa.Array.from_buffers(
        DECIMAL, len(millionths), [pa.py_buffer(present), pa.py_buffer(np.ascontiguousarray(wide))]
    )


def pick(values: pa.Array, index: Ints) -> pa.Array:
    """`values` at each index, null where the index is -1."""
    return pc.take(values, pa.array(index, mask=index < 0))


class Texts:
    """The texts behind the numbers of a population: ids as they stand in the logs."""

    def __init__(self, population: Population) -> None:
        users, items = population.users, population.items
        kinds = [catalogue.ITEM_TYPES[group % TYPE_COUNT] for group in items.group.tolist()]
        self.tenant = pa.array([tenant.tenant_id for tenant in population.tenants])
        self.user = pa.array([user_id(number) for number in users.number.tolist()])
        self.team = pa.array([team_id(number) for number in range(len(names.TEAMS))])
        self.user_team = users.team
        self.item = pa.array([item_id(kind, number) for kind, number in zip(kinds, items.number.tolist(), strict=True)])
        self.project = pa.array([name.lower().replace(" ", "-") for name in names.PROJECTS])
        self.model = pa.array([model.model_id for model in catalogue.MODELS])
        self.provider = pa.array([model.provider for model in catalogue.MODELS])
        # Every other tenant's gateway names the team; the others leave it to the directory.
        self.names_team = np.arange(len(population.tenants)) % 2 == 0


def user_id(number: int) -> str:
    """A user's id, unique within the tenant."""
    return f"u-{number + 1:03d}"


def team_id(number: int) -> str:
    """A team's id: its name in lower case."""
    return names.TEAMS[number][0].lower().replace(" ", "-")


def item_id(kind: str, number: int) -> str:
    """An item's id, unique within the tenant."""
    return f"{kind.replace('_', '-')}-{number + 1:02d}"


def usage_table(day: date, first_number: int, sessions: Sessions, events: Events, texts: Texts) -> pa.Table:
    """The day's events with ids counting from `first_number`; `occurred_at` is UTC without zone, in milliseconds."""
    session = events.session
    tenant, user, channel = sessions.tenant[session], sessions.user[session], sessions.channel[session]
    team = np.where(texts.names_team[tenant] & (user >= 0), texts.user_team[user], ABSENT)
    midnight = np.datetime64(day, "ms")
    columns: dict[str, pa.Array] = {
        "event_id": event_ids(day, first_number, len(session)),
        "occurred_at": pa.array(midnight + events.occurred_ms.astype("timedelta64[ms]")),
        "tenant_id": pick(texts.tenant, tenant),
        # `request` and `live` are the defaults and, as in most logs, left out.
        "event_type": pick(pa.array(KINDS), np.where(events.kind == 0, ABSENT, events.kind)),
        "environment": pick(pa.array(["playground"]), np.where(sessions.playground[session], 0, ABSENT)),
        "channel": pick(pa.array(catalogue.CHANNELS), np.where(events.kind == CALL, ABSENT, channel)),
        "team_id": pick(texts.team, team),
        "user_id": pick(texts.user, user),
        "project_id": pick(texts.project, sessions.project[session]),
        "item_id": pick(texts.item, sessions.item[session]),
        "task_category": pick(pa.array(catalogue.TASKS), np.where(events.kind == CALL, ABSENT, sessions.task[session])),
        "model_id": pick(texts.model, events.model),
        "provider": pick(texts.provider, events.model),
    }
    return pa.table(columns | _figures(sessions, events, channel))


def _figures(sessions: Sessions, events: Events, channel: Ints) -> dict[str, pa.Array]:
    # Some gateways log the split too: by tokens, rounded down, the rest to the output.
    splits = (sessions.tenant[events.session] % 8 == 3) & (events.credits > 0) & (events.input_tokens >= 0)
    tokens = np.maximum(events.input_tokens + events.output_tokens, 1)
    of_input = np.where(splits, events.credits * events.input_tokens // tokens, 0)
    tagged = (channel == APP) & (events.session % 3 == 0)
    return {
        "input_tokens": _numbers(events.input_tokens),
        "output_tokens": _numbers(events.output_tokens),
        "cached_input_tokens": _numbers(events.cached_tokens),
        "reasoning_tokens": _numbers(events.reasoning_tokens),
        "credits": decimals(events.credits, events.credits < 0),
        "input_credits": decimals(of_input, ~splits),
        "output_credits": decimals(events.credits - of_input, ~splits),
        "cost_usd": decimals(events.cost, events.cost < 0),
        "latency_ms": _numbers(events.latency_ms),
        "status": pick(pa.array(["error"]), np.where(events.error >= 0, 0, ABSENT)),
        "error_type": pick(pa.array(catalogue.ERROR_TYPES), events.error),
        "user_rating": _numbers(events.rating),
        "duration_s": _numbers(events.duration_s),
        "direction": pick(pa.array(DIRECTIONS), events.direction),
        "tags": pick(
            pa.array(['{"surface":"web"}', '{"surface":"mobile"}']), np.where(tagged, events.session % 2, ABSENT)
        ),
        "revision": pa.nulls(len(events.session), pa.int64()),
    }


def _numbers(values: Ints) -> pa.Array:
    return pa.array(values, mask=values < 0)


def event_ids(day: date, first_number: int, count: int) -> pa.Array:
    """`e<yyyymmdd>-<number>`: unique over the zone, and the same in every run."""
    numbers = pc.utf8_lpad(pc.cast(pa.array(np.arange(first_number, first_number + count)), pa.string()), 7, "0")
    return pc.binary_join_element_wise(f"e{day:%Y%m%d}", numbers, "-")
