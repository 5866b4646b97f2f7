{#- ISO 4217: the currencies that are legal tender somewhere, and those whose smallest unit is no hundredth. -#}

{% macro known_currencies() -%}
  {{ return((
    'AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CLP CNY COP CRC '
    ~ 'CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR '
    ~ 'ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK '
    ~ 'MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE '
    ~ 'SOS SRD SSP STN SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VES VND VUV WST XAF XCD XCG XOF XPF YER '
    ~ 'ZAR ZMW ZWG').split(' ')) }}
{%- endmacro %}

{#- The currency of a tenant that says none, or that the directory lacks; orchestration/loading/directory/tables.py has it, too. -#}
{% macro default_currency() -%}
  'USD'
{%- endmacro %}

{#- The currency of an amount: the one that it names, else that of its tenant, a row of the directory or none. -#}
{% macro currency_of(tenants, named=none) -%}
  coalesce({{ named ~ ', ' if named else '' }}{{ tenants }}.currency, {{ default_currency() }})
{%- endmacro %}

{#- The smallest unit that an amount of a currency is rounded to. -#}
{% macro money_unit(currency) -%}
  case
    when {{ currency }} in ('BIF', 'CLP', 'DJF', 'GNF', 'ISK', 'JPY', 'KMF', 'KRW', 'PYG', 'RWF', 'UGX', 'VND', 'VUV', 'XAF',
      'XOF', 'XPF') then cast(1 as decimal(7, 6))
    when {{ currency }} in ('BHD', 'IQD', 'JOD', 'KWD', 'LYD', 'OMR', 'TND') then cast(0.001 as decimal(7, 6))
    else cast(0.01 as decimal(7, 6))
  end
{%- endmacro %}

{#-
  Which exchange rate tells what credits had cost in US dollars: that of their `purchase`, or that in which their `month` of use
  ends. A variable of dbt_project.yml; another value stops the parse.
-#}
{% macro exchange_rate_of_credits() -%}
  {%- set choice = var('exchange_rate_of_credits') | string -%}
  {%- if choice not in ('purchase', 'month') -%}
    {{ exceptions.raise_compiler_error("exchange_rate_of_credits '" ~ choice ~ "' is neither purchase nor month") }}
  {%- endif -%}
  {{ return(choice) }}
{%- endmacro %}

{#-
  The date whose exchange rate counts for credits. What is used before it is bought is earned when it is used, and so is what
  no lot pays for.
-#}
{% macro rated_on(granted_on, usage_date) -%}
  {%- if exchange_rate_of_credits() == 'month' -%}
    cast({{ last_of_month(usage_date) }} as date)
  {%- else -%}
    least(coalesce({{ granted_on }}, {{ usage_date }}), {{ usage_date }})
  {%- endif -%}
{%- endmacro %}
