-- Schedules: triggers that are due at times of their own, and what was decided each time.
--
-- Locks: `kedge.trigger` exclusively, for as long as a few columns take.

-- `next_at` is when the trigger is due next; whoever decides about that slot moves it on, under the
-- row's lock. `last_run` is the run that it started last.
alter table kedge.trigger
    add column schedule   text,
    add column zone       text,
    add column overlap    text,
    add column catch_up   int,
    add column payload    bytea,
    add column declared   boolean not null default false,
    add column next_at    timestamptz,
    add column last_run   uuid,
    drop constraint known_kind,
    add constraint known_kind check (kind in ('event', 'cron')),
    add constraint known_overlap check (overlap in ('skip', 'allow', 'queue', 'cancel_running')),
    add constraint scheduled_if_cron check (
        (kind = 'cron') = (schedule is not null and zone is not null and overlap is not null
                           and catch_up is not null and payload is not null));

create index trigger_due on kedge.trigger (next_at) where kind = 'cron' and enabled;

-- One row for each slot of a schedule: whoever comes second cannot decide about it again.
create table kedge.cron_slot (
    trigger_id  uuid        not null references kedge.trigger (trigger_id) on delete cascade,
    slot        timestamptz not null,
    namespace   text        not null,
    verdict     text        not null,
    run_id      uuid,
    reason      text,
    late_ms     bigint      not null,
    primary key (trigger_id, slot),
    constraint known_verdict check (verdict in ('started', 'skipped', 'missed', 'refused'))
);

call kedge.guard('kedge.cron_slot');

-- Seen by whoever sees the trigger; written by the engine alone.
grant select on kedge.cron_slot to kedge_user;

create policy reader on kedge.cron_slot for select to kedge_user using (
    (select kedge.claims_everywhere())
    or namespace = any ((select kedge.claimed_reach())::text[]));
