-- Everybody who sleeps is to wake at the same instant, in so many seconds.
with moment as materialized (
    select clock_timestamp() + ? * interval '1 second' as at
),
waits as (
    update kedge.wait set wake_at = moment.at from moment where kind = 'sleep'
)
update kedge.active_run set due_at = moment.at from moment where state = 'sleeping'
