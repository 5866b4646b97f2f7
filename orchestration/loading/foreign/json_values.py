"""SQL expressions that type one JSON value of a foreign log.

Each takes the SQL of a VARCHAR that holds a JSON value's source text (NULL: the key is absent) and returns SQL.
Foreign writers send numbers as JSON numbers in a stream and as text in a CSV cell, so both are read; what is neither
gives NULL from the typing expression and true from its `is_not_…` twin, which decides the reason for quarantine.
"""

HOUR = r"([01]\d|2[0-3])"
ISO_TIME = rf"\d{{4}}-\d\d-\d\d[Tt ]{HOUR}:[0-5]\d:[0-5]\d(\.\d+)?([Zz]|[+-]{HOUR}(:?[0-5]\d)?)?"
NUMBER = r"-?\d+(\.\d+)?([eE][+-]?\d+)?"
MAX_INTEGER = 2**53 - 1
MAX_DECIMAL = 10**12
MAX_EPOCH = 253402300800
"""Seconds from 1970 to the year 10000: a larger number is no time in seconds (milliseconds, most likely)."""


def present(value: str) -> str:
    """The value, or NULL where it is absent, null or an empty text: foreign writers use all three for "unknown"."""
    return f"case when {value} not in ('null', '\"\"') then {value} end"


def text(value: str) -> str:
    """VARCHAR of a JSON text, NULL for anything else."""
    return f"case when {value}[1] = '\"' then json_extract_string({value}, '$') end"


def is_not_text(value: str) -> str:
    """True for a present value that is no JSON text."""
    return f"coalesce({value}[1] <> '\"', false)"


def number_text(value: str) -> str:
    """The digits of a JSON number, or of a number written as text; NULL for anything else."""
    digits = f"case when {value}[1] = '\"' then json_extract_string({value}, '$') else {value} end"
    return f"case when regexp_full_match({digits}, '{NUMBER}') then {digits} end"


def is_not_number(digits: str, value: str) -> str:
    """True for a present value whose `number_text` is `digits`, but which is no number."""
    return f"({value} is not null and {digits} is null)"


def is_not_whole(digits: str) -> str:
    """True for a number with a fraction, exactly: 5.0 and 1e3 are whole."""
    return f"coalesce(try_cast({digits} as decimal(38, 10)) % 1 <> 0, false)"


def whole(digits: str) -> str:
    """BIGINT of a whole number's digits; NULL where it is out of range."""
    return f"try_cast(try_cast({digits} as decimal(38, 10)) as bigint)"


def is_out_of_range(digits: str, limit: int) -> str:
    """True for a number below 0 or above `limit`, or too large to be read at all."""
    exact = f"try_cast({digits} as decimal(38, 18))"
    return f"({digits} is not null and coalesce({exact} < 0 or {exact} > {limit}, true))"


def utc_time(value: str) -> str:
    """TIMESTAMP in UTC, of ISO 8601 text (no offset: UTC) or of epoch seconds; digits past microseconds are cut.

    NULL where it is neither. The offset is applied by hand: a cast to TIMESTAMPTZ would read an offset-less time in the
    zone of the machine.
    """
    words = f"json_extract_string({value}, '$')"
    stamp = rf"replace(upper(substr({words}, 1, 19)), 'T', ' ') || regexp_extract({words}, '(\.\d{{1,6}})', 1)"
    offset = rf"regexp_extract({words}, ':\d\d(\.\d+)?([+-]\d\d(:?\d\d)?)$', 2)"
    hours = f"coalesce(try_cast({offset}[2:3] as integer), 0)"
    minutes = f"coalesce(try_cast(right(replace({offset}, ':', ''), -3) as integer), 0)"
    shift = f"to_minutes(case {offset}[1] when '-' then -1 else 1 end * (60 * {hours} + {minutes}))"
    seconds = f"try_cast({words} as decimal(28, 10))"
    return (
        f"case when regexp_full_match({words}, '{ISO_TIME}') then try_cast({stamp} as timestamp) - {shift} "
        f"when regexp_full_match({words}, '{NUMBER}') and {seconds} >= 0 and {seconds} < {MAX_EPOCH} "
        f"then make_timestamp(trunc({seconds} * 1000000)::bigint) end"
    )


def is_not_time(value: str) -> str:
    """True for a present value that is neither a text nor a number."""
    return f"coalesce({value}[1] in ('{{', '[', 't', 'f'), false)"
