with kinds (kind, sentence, recurs_by, is_standing, is_pushed) as (
    values
    ('budget_75', '{} reached 75 % of its budget', 'month', false, true),
    ('budget_90', '{} reached 90 % of its budget', 'month', false, true),
    ('budget_100', '{} used up its budget', 'month', false, true),
    ('budget_over', '{} is over its budget', 'month', true, false),
    ('budget_at_risk', '{} is projected to go over its budget', 'month', true, true),
    ('runaway_item', '{} ran away', 'date', false, true),
    ('high_usage_day', '{} had a high-usage day', 'date', false, true),
    ('overdraft', 'the credit balance is overdrawn', 'stretch', true, true),
    ('credits_expired', 'credits of pool {} expired unused', 'date', false, true),
    ('credits_expiring', 'what is left of {} expires within a week', 'date', false, true),
    ('auto_recharge', 'credits were recharged automatically', 'date', false, true),
    ('invoice_over_billed', 'invoice {} bills too much', 'date', false, true),
    ('invoice_under_billed', 'invoice {} bills too little', 'date', false, true),
    ('invoice_overdue', 'invoice {} is overdue', 'date', false, true),
    ('unrated_requests', 'messages of models without a rate took no credits', 'date', true, false),
    ('uncosted_requests', 'the cost of some messages is unknown', 'date', true, false)
),

typed as (
    select
        cast(kind as varchar(40)) as kind,
        cast(sentence as varchar(200)) as sentence,
        cast(recurs_by as varchar(10)) as recurs_by,
        is_standing,
        is_pushed
    from kinds
)

select * from typed
