-- Quotas: how much of an installation a namespace may take up. A namespace without a row may take
-- what there is.
--
-- Locks: none on tables that are there.

-- Submissions of a minute are counted as in a bucket of tokens that refills steadily: `full_at` is
-- when it will be full again.
create table kedge.namespace_quota (
    namespace       text        primary key,
    max_pending     int,
    max_concurrent  int,
    max_per_minute  int,
    full_at         timestamptz not null default '-infinity',
    constraint some_may_wait check (max_pending >= 1),
    constraint some_may_be check (max_concurrent >= 1),
    constraint some_may_come check (max_per_minute >= 1),
    constraint limits_something check (coalesce(max_pending, max_concurrent, max_per_minute) is not null)
) with (fillfactor = 50);

-- Nobody but the engine works on it, which lets operators set quotas and everybody be refused.
call kedge.guard('kedge.namespace_quota');
