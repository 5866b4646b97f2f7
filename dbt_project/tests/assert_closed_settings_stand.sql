-- Tenants whose burn order is no longer the one under which months were closed: it orders all lots, those of closed months
-- too. Set it back, or reopen the months.
{%- set kept_billing = source('closing', 'int_ledger_billing') %}

{%- if closed_to() %}
select distinct
    booked.tenant_id,
    booked.burn_order as closed_under,
    coalesce(tenants.burn_order, 'expiry') as found
from {{ kept_billing }} as booked
left join {{ ref('stg_directory__tenants') }} as tenants
    on booked.tenant_id = tenants.tenant_id
where {{ is_closed('booked.entry_date') }} and booked.burn_order <> coalesce(tenants.burn_order, 'expiry')
{%- else %}
select tenant_id from {{ ref('stg_directory__tenants') }} where false
{%- endif %}
