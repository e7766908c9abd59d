-- Durable execution: what a run has done, what it waits for, what it remembers; events, and what
-- follows from them; runs that failed for good.
--
-- Locks: ACCESS EXCLUSIVE on `run` and `active_run` for a moment; the new columns have no default,
-- so no row is rewritten.

alter table kedge.run
    add column parent   uuid,
    add column trigger  uuid,
    add column event    uuid;

-- Set for a child run: whoever ends it must tell its parent.
alter table kedge.active_run add column parent uuid;

-- One row for each operation of a run that is over. A row with a position is history: the code was
-- given its value, and it never changes. A step that failed, and that the next attempt will try
-- again, has none.
create table kedge.step (
    run_id           uuid        not null,
    path             text        not null,
    kind             text        not null,
    position         int,
    seen             int         not null,
    epoch            bigint      not null,
    attempt          int         not null,
    tries            int         not null default 1,
    output           bytea,
    failure_code     text,
    failure_type     text,
    failure_message  text,
    failure_stack    text,
    started_at       timestamptz not null,
    ended_at         timestamptz not null default clock_timestamp(),
    primary key (run_id, path),
    constraint known_kind        check (kind in ('step', 'sleep', 'wait', 'invoke', 'emit')),
    constraint output_or_failure check ((output is null) = (failure_code is not null))
) partition by range (run_id);

-- Long journals are read in pages; short ones, which are nearly all, pay for no second index.
create index step_of_long_journal on kedge.step (run_id, position) where position > 1000;

-- What runs wait for. A row leaves when its run resolves it or ends.
create table kedge.wait (
    run_id           uuid        not null,
    path             text        not null,
    kind             text        not null,
    namespace        text        not null,
    seen             int         not null,
    opened_at        timestamptz not null default clock_timestamp(),
    wake_at          timestamptz,
    topic            text,
    match            jsonb,
    child            uuid,
    over_at          timestamptz,
    output           bytea,
    failure_code     text,
    failure_type     text,
    failure_message  text,
    primary key (run_id, path),
    constraint known_kind check (kind in ('sleep', 'wait', 'invoke'))
) with (fillfactor = 80);

create index wait_for_event on kedge.wait (namespace, topic) where topic is not null and over_at is null;
create unique index wait_for_child on kedge.wait (child) where child is not null;

-- A run's own values.
create table kedge.run_state (
    run_id      uuid        not null,
    key         text        not null,
    value       bytea       not null,
    updated_at  timestamptz not null default clock_timestamp(),
    primary key (run_id, key)
) partition by range (run_id);

-- Published facts. An event that nobody was there for stays unconsumed, and is kept for a week for
-- a trigger that is made later.
create table kedge.event (
    event_id     uuid        primary key,
    namespace    text        not null,
    topic        text        not null,
    payload      bytea       not null,
    emitted_by   uuid,
    created_at   timestamptz not null default clock_timestamp(),
    consumed_by  uuid,
    consumed_at  timestamptz
);

create index event_unconsumed on kedge.event (namespace, topic, event_id) where consumed_at is null;
create index event_of_namespace on kedge.event (namespace, event_id);

-- Standing reasons to create runs.
create table kedge.trigger (
    trigger_id         uuid        primary key,
    namespace          text        not null,
    job                text        not null,
    kind               text        not null,
    topic              text,
    match              jsonb,
    enabled            boolean     not null default true,
    created_at         timestamptz not null default clock_timestamp(),
    last_triggered_at  timestamptz,
    foreign key (namespace, job) references kedge.job (namespace, name),
    constraint known_kind     check (kind in ('event')),
    constraint topic_if_event check ((topic is not null) = (kind = 'event'))
);

create index trigger_on_topic on kedge.trigger (namespace, topic) where topic is not null;

-- At most one run for an event and a trigger, whoever routes it how often.
create table kedge.event_run (
    event_id    uuid not null references kedge.event (event_id) on delete cascade,
    trigger_id  uuid not null references kedge.trigger (trigger_id) on delete cascade,
    run_id      uuid not null,
    primary key (event_id, trigger_id)
);

-- What follows from something that was committed, and is still to be done. Written in the same
-- transaction as its reason, and removed in the same transaction as its consequences.
create table kedge.outbox (
    entry    bigint generated always as identity primary key,
    kind     text not null,
    subject  uuid not null,
    constraint known_kind check (kind in ('event', 'child_ended', 'orphaned'))
) with (
    autovacuum_vacuum_scale_factor = 0.05,
    autovacuum_vacuum_threshold = 1000,
    autovacuum_vacuum_cost_delay = 0
);

-- Runs that failed for good and wait for a person.
create table kedge.dead_letter (
    run_id     uuid        primary key,
    namespace  text        not null,
    job        text        not null,
    poisoned   boolean     not null,
    failed_at  timestamptz not null default clock_timestamp()
);

create index dead_letter_of_job on kedge.dead_letter (namespace, job, run_id);

create table kedge.step_default      partition of kedge.step      default;
create table kedge.run_state_default partition of kedge.run_state default;

-- As before, with the journal and the state.
create or replace function kedge.make_partitions(weeks int) returns int
    language plpgsql as
$$
declare
    made int := 0;
    week timestamptz;
    parent text;
    child text;
begin
    perform pg_advisory_xact_lock(hashtext('kedge.make_partitions'));
    for week in
        select generate_series(
            date_trunc('week', clock_timestamp(), 'UTC'),
            date_trunc('week', clock_timestamp(), 'UTC') + weeks * interval '1 week',
            interval '1 week')
    loop
        foreach parent in array
            array['run', 'ended_run', 'attempt', 'run_log', 'step', 'run_state']
        loop
            child := parent || '_' || to_char(week at time zone 'UTC', 'YYYYMMDD');
            if to_regclass('kedge.' || child) is null then
                execute format(
                    'create table kedge.%I (like kedge.%I including all)', child, parent);
                execute format(
                    'alter table kedge.%I attach partition kedge.%I for values from (%L) to (%L)',
                    parent, child,
                    kedge.first_id_of(week), kedge.first_id_of(week + interval '1 week'));
                made := made + 1;
            end if;
        end loop;
    end loop;
    return made;
end
$$;

select kedge.make_partitions(1);

-- The payload as PostgreSQL's own JSON, to match against; null where that cannot hold it (a text
-- with a NUL in it, a number beyond all bounds), and then nothing matches it.
create function kedge.content(payload bytea) returns jsonb
    language plpgsql immutable set search_path = pg_catalog, pg_temp as
$$
begin
    return convert_from(payload, 'UTF8')::jsonb;
exception
    when data_exception or program_limit_exceeded or statement_too_complex then
        return null;
end
$$;

drop view kedge.run_overview;
drop view kedge.run_summary;

-- What lists show of a run, whichever relation it is in: all but what may be large. A run that
-- waits for something other than time is due at no time.
create view kedge.run_summary with (security_invoker = true) as
select r.run_id,
       r.namespace,
       r.job,
       r.queue,
       coalesce(e.state, a.state, 'running')                        as state,
       r.priority,
       r.created_at,
       nullif(coalesce(e.due_at, a.due_at, r.created_at), 'infinity') as due_at,
       coalesce(e.started_at, a.started_at)                         as started_at,
       e.ended_at,
       coalesce(e.epoch, a.epoch, 1)                                as epoch,
       coalesce(e.attempt, a.attempt, 1)                            as attempt,
       coalesce(e.failures, a.failures, 0)                          as failures,
       coalesce(e.losses, a.losses, 0)                              as losses,
       case when e.run_id is not null then e.worker
            when a.run_id is not null then a.worker
            else r.born_by end                                      as worker,
       coalesce(e.deployment, a.deployment)                         as deployment,
       coalesce(e.progress_at, a.progress_at)                       as progress_at,
       coalesce(e.progress_percent, a.progress_percent)             as progress_percent,
       coalesce(e.progress_processed, a.progress_processed)         as progress_processed,
       coalesce(e.progress_total, a.progress_total)                 as progress_total,
       coalesce(e.progress_message, a.progress_message)             as progress_message,
       coalesce(e.progress_data, a.progress_data)                   as progress_data,
       coalesce(e.cancel_requested_at, a.cancel_requested_at)       as cancel_requested_at,
       coalesce(e.cancel_requested_by, a.cancel_requested_by)       as cancel_requested_by,
       e.cancel_reason,
       case when e.run_id is null then a.failure_code else e.failure_code end       as failure_code,
       case when e.run_id is null then a.failure_type else e.failure_type end       as failure_type,
       case when e.run_id is null then a.failure_message else e.failure_message end as failure_message,
       case when e.run_id is null then a.failure_stack else e.failure_stack end     as failure_stack,
       r.key,
       r.expires_at,
       r.max_attempts,
       r.timeout_ms,
       r.tags,
       r.origin,
       r.parent,
       r.trigger,
       r.event
  from kedge.run as r
  left join kedge.active_run as a on a.run_id = r.run_id
  left join kedge.ended_run as e on e.run_id = r.run_id;

-- A run with everything that is known of it.
create view kedge.run_overview with (security_invoker = true) as
select s.*, r.payload, r.metadata, e.result
  from kedge.run_summary as s
  join kedge.run as r on r.run_id = s.run_id
  left join kedge.ended_run as e on e.run_id = s.run_id;
