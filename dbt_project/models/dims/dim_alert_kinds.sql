with kinds (kind, sentence, severity, recurs_by, is_standing, is_pushed) as (
    values
    ('budget_75', '{} reached 75% of the budget', 'notice', 'month', false, true),
    ('budget_90', '{} reached 90% of the budget', 'warning', 'month', false, true),
    ('budget_100', '{} used up the budget', 'critical', 'month', false, true),
    ('budget_over', '{} is over budget', 'critical', 'month', true, false),
    ('budget_at_risk', '{} is projected to go over budget', 'warning', 'month', true, true),
    ('budget_missing', '{} spends without a budget', 'notice', 'month', true, true),
    ('runaway_item', '{} ran away', 'warning', 'date', false, true),
    ('high_usage_day', '{} had a high-usage day', 'warning', 'date', false, true),
    ('overdraft', 'the credit balance is overdrawn', 'critical', 'stretch', true, true),
    ('balance_short', 'the credit balance lasts until about {on}', 'warning', 'stretch', true, true),
    ('credits_expired', 'credits of pool {} expired unused', 'notice', 'date', false, true),
    ('credits_expiring', 'what is left of {} expires within a week', 'warning', 'date', false, true),
    ('auto_recharge', 'credits were recharged automatically', 'notice', 'date', false, true),
    ('invoice_over_billed', 'invoice {} bills too much', 'warning', 'date', false, true),
    ('invoice_under_billed', 'invoice {} bills too little', 'warning', 'date', false, true),
    ('invoice_charged_twice', 'invoice {} bills use that bought credits had paid for', 'warning', 'date', false, true),
    ('invoice_overdue', 'invoice {} is overdue', 'warning', 'date', false, true),
    ('invoice_unpaid', 'invoice {}, which names no due date, is unpaid', 'warning', 'date', false, true),
    ('unrated_requests', 'messages of models without a rate took no credits', 'notice', 'date', true, false),
    ('uncosted_requests', 'the cost of some messages is unknown', 'notice', 'date', true, false),
    ('margin_negative', 'a month of {} cost more than it earned', 'warning', 'date', false, true),
    ('margin_unknown', 'the margin of a month of {} is unknown', 'notice', 'date', false, true),
    ('rate_missing', 'no exchange rate is known for {}', 'warning', 'stretch', true, true)
),

typed as (
    select
        cast(kind as varchar(40)) as kind,
        cast(sentence as varchar(200)) as sentence,
        cast(severity as varchar(10)) as severity,
        cast(recurs_by as varchar(10)) as recurs_by,
        is_standing,
        is_pushed
    from kinds
)

select * from typed
