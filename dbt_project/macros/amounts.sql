{#-
  An expression that is NULL where the operand is, and where a step of it is more than its type can hold: one monstrous figure is
  unknown, and stops nobody. Spark gives NULL by itself (spark.sql.ansi.enabled is false).
-#}
{% macro or_unknown(expression, operand) -%}
  {{ return(adapter.dispatch('or_unknown', 'tallybook')(expression, operand)) }}
{%- endmacro %}

{% macro default__or_unknown(expression, operand) -%}
  {{ expression }}
{%- endmacro %}

{% macro duckdb__or_unknown(expression, operand) -%}
  {#- What stands twice in a query is computed once, out of the reach of TRY, unless it stands in a branch. -#}
  try(case when {{ operand }} is not null then {{ expression }} end)
{%- endmacro %}

{#- NULL-safe ratio as DOUBLE; NULL where the denominator is 0. -#}
{% macro ratio(numerator, denominator) -%}
  cast({{ numerator }} as double) / nullif(cast({{ denominator }} as double), 0)
{%- endmacro %}

{#-
  amount × part ÷ whole, exact, rounded half away from zero to 6 digits, as DECIMAL(38, 6); for amounts ≥ 0.
  In whole millionths, because decimal division is binary floating point on some engines. Quotient and remainder apart,
  so that no product outgrows the integer whatever the amounts.
-#}
{% macro share_of_amount(amount, part, whole) -%}
  {{ return(adapter.dispatch('share_of_amount', 'tallybook')(amount, part, whole)) }}
{%- endmacro %}

{% macro default__share_of_amount(amount, part, whole) -%}
  {%- set millionths = 'cast(' ~ amount ~ ' * 1000000 as decimal(38, 0))' -%}
  cast(
    (
      ({{ millionths }} div {{ whole }}) * {{ part }}
      + (2 * ({{ millionths }} % {{ whole }}) * {{ part }} + {{ whole }}) div (2 * {{ whole }})
    ) * 0.000001
  as decimal(38, 6))
{%- endmacro %}

{% macro duckdb__share_of_amount(amount, part, whole) -%}
  {#- The first branch is the same sum in 64 bits: it holds for all but monstrous events, at a fraction of the time. -#}
  {%- set all = whole_millionths('cast(' ~ amount ~ ' as decimal(38, 6))') -%}
  {%- set share -%}
    (({{ all }} // {{ whole }}) * {{ part }} + (2 * ({{ all }} % {{ whole }}) * {{ part }} + {{ whole }}) // (2 * {{ whole }}))
  {%- endset -%}
  case
    when {{ amount }} < 100000 and {{ whole }} < 40000000 then
      cast(
        (2 * cast(cast({{ amount }} as decimal(11, 6)) * 1000000 as bigint) * {{ part }} + {{ whole }}) // (2 * {{ whole }})
      as decimal(32, 0)) * cast(0.000001 as decimal(6, 6))
    else
      cast({{ share }} // 1000000 as decimal(38, 0))
        + cast({{ share }} % 1000000 as decimal(6, 0)) * cast(0.000001 as decimal(6, 6))
  end
{%- endmacro %}

{#-
  Exact numerator ÷ whole number, rounded half away from zero to 6 digits; NULL where the denominator is 0 or a step is more than
  128 bits.
-#}
{% macro per_unit(amount, units) -%}
  case when {{ units }} > 0 then {{ or_unknown(share_of_amount(amount, 1, units), amount) }} end
{%- endmacro %}

{#-
  Exact money ÷ credits of any sign, as a price per credit without one, rounded likewise; NULL without credits. Widened first,
  because in millionths the largest of either has more than 18 digits.
-#}
{% macro price_per_credit(amount, credits) -%}
  {%- set money = 'cast(abs(' ~ amount ~ ') as decimal(38, 6))' -%}
  {%- set units = 'cast(abs(' ~ credits ~ ') as decimal(38, 6))' -%}
  case when {{ credits }} <> 0 then {{ share_of_amount(money, 1000000, whole_millionths(units)) }} end
{%- endmacro %}

{#- A decimal(38, 6) ≥ 0 in millionths, as a whole number. -#}
{% macro whole_millionths(amount) -%}
  {{ return(adapter.dispatch('whole_millionths', 'tallybook')(amount)) }}
{%- endmacro %}

{% macro default__whole_millionths(amount) -%}
  cast({{ amount }} * 1000000 as decimal(38, 0))
{%- endmacro %}

{% macro duckdb__whole_millionths(amount) -%}
  {#- Whole and fraction apart, because the decimal of the product would hold six digits less than the integer. -#}
  (cast(floor({{ amount }}) as hugeint) * 1000000 + cast(({{ amount }} - floor({{ amount }})) * 1000000 as hugeint))
{%- endmacro %}

{#-
  What a request costs at a rate: multiplier + credits per 1,000 tokens in and out, rounded once to 6 digits, half away from
  zero; of a row that adds up `requests` of them, what they cost together, NULL where that is more than a decimal holds. Summed in
  thousandths, because a product is exact where a quotient is not. The rates are widened first, because the product of two
  decimals of at most 18 digits must have no more than 18 on DuckDB.
-#}
{% macro rated_credits(rate, event, requests=none) -%}
  {%- set rated = credits_at_rate(rate, event, requests) -%}
  {{ or_unknown(rated, rate ~ '.credits_per_request') if requests else rated }}
{%- endmacro %}

{% macro credits_at_rate(rate, event, requests) -%}
  {#- A product may have no more than 38 digits, and a rate has 22. -#}
  {%- set tokens = 'decimal(38, 0)' if requests else 'decimal(16, 0)' -%}
  round(
    (
      cast({{ rate }}.credits_per_request as decimal(22, 6)) * {{ 'cast(1000 * ' ~ requests ~ ' as decimal(16, 0))' if requests else '1000' }}
      + cast({{ rate }}.credits_per_1k_input as decimal(22, 6)) * cast({{ event }}.input_tokens as {{ tokens }})
      + cast({{ rate }}.credits_per_1k_output as decimal(22, 6)) * cast({{ event }}.output_tokens as {{ tokens }})
    ) * cast(0.001 as decimal(4, 3))
  , 6)
{%- endmacro %}

{#- The part of a request's credits that tokens make at a rate below a million, rounded to 6 digits. -#}
{% macro credits_of_tokens(credits_per_1k, tokens) -%}
  round(cast({{ credits_per_1k }} as decimal(22, 6)) * cast({{ tokens }} as decimal(16, 0)) * cast(0.001 as decimal(4, 3)), 6)
{%- endmacro %}

{#-
  amount × part ÷ whole, cut off after 12 digits, as DECIMAL(38, 12); for amounts, parts and wholes ≥ 0 of at most 6 digits. Cut,
  not rounded: shares taken as differences of such values along a whole add up to the amount to the last digit.
  Quotient and remainder apart, as above; holds for wholes below 10^13.
-#}
{% macro cut_share(amount, part, whole) -%}
  {{ return(adapter.dispatch('cut_share', 'tallybook')(amount, part, whole)) }}
{%- endmacro %}

{% macro default__cut_share(amount, part, whole) -%}
  {%- set units = 'cast(' ~ amount ~ ' * 1000000000000 as decimal(38, 0))' -%}
  {%- set share = 'cast(' ~ part ~ ' * 1000000 as decimal(38, 0))' -%}
  {%- set all = 'cast(' ~ whole ~ ' * 1000000 as decimal(38, 0))' -%}
  {%- set rest = '(' ~ units ~ ' % ' ~ all ~ ') * ' ~ share -%}
  cast(
    ((({{ units }} - {{ units }} % {{ all }}) / {{ all }}) * {{ share }} + ({{ rest }} - ({{ rest }}) % {{ all }}) / {{ all }})
    * 0.000000000001
  as decimal(38, 12))
{%- endmacro %}

{% macro duckdb__cut_share(amount, part, whole) -%}
  {#- In 64 bits where products fit, which they do for nearly all: 128 bits take ten to fifty times as long to divide. -#}
  {%- set units = millionths(amount) ~ ' * 1000000' -%}
  {%- set share = millionths(part) -%}
  {%- set all = millionths(whole) -%}
  {%- set big_units = '(cast(cast(' ~ amount ~ ' as decimal(38, 6)) * 1000000 as hugeint) * 1000000)' -%}
  {%- set big_share = 'cast(cast(' ~ part ~ ' as decimal(38, 6)) * 1000000 as hugeint)' -%}
  {%- set big_all = 'cast(cast(' ~ whole ~ ' as decimal(38, 6)) * 1000000 as hugeint)' -%}
  cast(
    cast(case
      when {{ amount }} < 9000000 and {{ part }} <= {{ whole }} and ({{ whole }} < 3000 or {{ part }} <= 1 and {{ whole }} < 9000000)
        then ({{ units }} // {{ all }}) * {{ share }} + ({{ units }} % {{ all }}) * {{ share }} // {{ all }}
      when {{ amount }} < 9000000 and {{ part }} <= {{ whole }} and {{ whole }} < 9000000
        then ({{ units }} // {{ all }}) * {{ share }} + cast({{ units }} % {{ all }} as hugeint) * {{ share }} // {{ all }}
      else ({{ big_units }} // {{ big_all }}) * {{ big_share }} + ({{ big_units }} % {{ big_all }}) * {{ big_share }} // {{ big_all }}
    end as decimal(38, 0))
    * cast(0.000000000001 as decimal(12, 12))
  as decimal(38, 12))
{%- endmacro %}

{#- The same of an amount of 12 digits. -#}
{% macro cut_cost(amount, part, whole) -%}
  {{ return(adapter.dispatch('cut_cost', 'tallybook')(amount, part, whole)) }}
{%- endmacro %}

{% macro default__cut_cost(amount, part, whole) -%}
  {{ cut_share(amount, part, whole) }}
{%- endmacro %}

{% macro duckdb__cut_cost(amount, part, whole) -%}
  {#- In 64 bits where products fit, as above. -#}
  {%- set units = 'cast(cast(' ~ amount ~ ' as decimal(16, 12)) * 1000000000000 as bigint)' -%}
  {%- set share = millionths(part) -%}
  {%- set all = millionths(whole) -%}
  {%- set big_units = '(cast(floor(' ~ amount ~ ') as hugeint) * 1000000000000 + cast((' ~ amount ~ ' - floor(' ~ amount
    ~ ')) * 1000000000000 as hugeint))' -%}
  {%- set big_share = whole_millionths(part) -%}
  {%- set big_all = whole_millionths(whole) -%}
  cast(
    cast(case
      when {{ amount }} < 9000 and {{ part }} <= {{ whole }} and {{ whole }} < 3000
        then ({{ units }} // {{ all }}) * {{ share }} + ({{ units }} % {{ all }}) * {{ share }} // {{ all }}
      else ({{ big_units }} // {{ big_all }}) * {{ big_share }} + ({{ big_units }} % {{ big_all }}) * {{ big_share }} // {{ big_all }}
    end as decimal(38, 0))
    * cast(0.000000000001 as decimal(12, 12))
  as decimal(38, 12))
{%- endmacro %}

{#- A decimal below 10^7 of at most 6 digits in whole millionths, by way of thousandths so that 64 bits hold each product. -#}
{% macro millionths(amount) -%}
  cast(cast(cast({{ amount }} as decimal(13, 6)) * 1000 as decimal(15, 3)) * 1000 as bigint)
{%- endmacro %}

{#- A price of 12 digits × a quantity of 6, rounded half away from zero to 12 digits, as DECIMAL(38, 12). -#}
{% macro price_times_quantity(price, quantity) -%}
  {{ return(adapter.dispatch('price_times_quantity', 'tallybook')(price, quantity)) }}
{%- endmacro %}

{#- Decimals that together have at most 37 digits: with more an engine may drop some after the point. -#}
{% macro default__price_times_quantity(price, quantity) -%}
  cast(cast({{ price }} as decimal(20, 12)) * cast({{ quantity }} as decimal(17, 6)) as decimal(38, 12))
{%- endmacro %}

{% macro duckdb__price_times_quantity(price, quantity) -%}
  cast(cast({{ price }} as decimal(32, 12)) * cast({{ quantity }} as decimal(24, 6)) as decimal(38, 12))
{%- endmacro %}

{#- The credits that a usage event gives itself: the amount, else the sum of its split; NULL where it is to be rated. -#}
{% macro given_credits() -%}
  coalesce(cast(credits as decimal(38, 6)), cast(input_credits as decimal(38, 6)) + output_credits)
{%- endmacro %}

{#- Whether an event is a model's answer, which has a rate and a latency. -#}
{% macro is_served_request() -%}
  event_type = 'request' and status = 'success'
{%- endmacro %}

{#-
  What an event costs: its given_credits, else what the rate in effect, joined to served requests only, makes of it, else 0.
-#}
{% macro charged_credits(event, rate) -%}
  cast(case
    when {{ event }}.given_credits is not null then {{ event }}.given_credits
    when {{ rate }}.model_id is not null then {{ rated_credits(rate, event) }}
    else 0
  end as decimal(38, 6))
{%- endmacro %}

{#-
  What credits cost at a price per credit, rounded once to 6 digits; NULL without a price, and where it is 10^32 or more. Whole and
  fraction of the price apart, so that no product outgrows the decimal before the sum does.
-#}
{% macro money_for(credits, price) -%}
  {%- set amount = 'cast(' ~ credits ~ ' as decimal(38, 6))' -%}
  {%- set fraction = 'cast(' ~ price ~ ' - floor(' ~ price ~ ') as decimal(6, 6))' -%}
  {{ or_unknown(
    'cast(' ~ amount ~ ' * cast(floor(' ~ price ~ ') as decimal(12, 0)) + round(' ~ amount ~ ' * ' ~ fraction ~ ', 6)'
    ~ ' as decimal(38, 6))',
    price
  ) }}
{%- endmacro %}

{#- How many credits an amount ≥ 0 of money buys at a price per credit, rounded to 6 digits; NULL without a price. -#}
{% macro credits_for(money, price) -%}
  case when {{ price }} > 0 then
    {{ share_of_amount(
      'cast(' ~ money ~ ' as decimal(38, 6))', 1000000, whole_millionths('cast(' ~ price ~ ' as decimal(38, 6))')
    ) }}
  end
{%- endmacro %}

{#-
  An amount of 12 digits in a currency of which the rate, of 12 digits, says what a unit is worth; rounded half away from zero
  to 12 digits; NULL for amounts of 10^13 or more and what comes to 10^26. Whole and fraction of the rate apart, so that no
  product outgrows the decimal before.
-#}
{% macro in_other_currency(amount, rate) -%}
  {%- set money = 'cast(' ~ amount ~ ' as decimal(25, 12))' -%}
  {%- set converted -%}
  cast(
    {{ money }} * cast(floor({{ rate }}) as decimal(12, 0))
    + round({{ money }} * cast({{ rate }} - floor({{ rate }}) as decimal(12, 12)), 12)
  as decimal(38, 12))
  {%- endset -%}
  {{ or_unknown(converted, amount) }}
{%- endmacro %}
