-- Limits: how many runs may run at once and how often they may start, and runs that run one after the
-- other.
--
-- Locks: ACCESS EXCLUSIVE on `run`, `active_run` and `job` for a moment; the new columns of the large
-- tables have constant defaults, so no row of those is rewritten. The indexes are built while
-- `active_run` takes no writes, which reads it once: some seconds for ten million rows.

alter table kedge.job
    add column max_concurrency          int,
    add column on_exceeded              text not null default 'queue',
    add column max_concurrency_per_key  int,
    add column rate_limit               int,
    add column rate_per_ms              bigint,
    add column limited                  boolean generated always as (
        max_concurrency is not null or max_concurrency_per_key is not null
            or rate_limit is not null) stored,
    add constraint known_refusal   check (on_exceeded in ('queue', 'reject')),
    add constraint limit_to_refuse check (on_exceeded = 'queue' or max_concurrency is not null),
    add constraint rate_is_whole   check ((rate_limit is null) = (rate_per_ms is null));

-- How many runs of a namespace may run at once. A namespace without a row has no limit.
create table kedge.namespace_limit (
    namespace        text primary key,
    max_concurrency  int  not null,
    constraint some_may_run check (max_concurrency >= 1)
);

-- How many attempts were started lately under a rate limit: by job and concurrency key (empty for
-- runs without one) in slots of a hundredth of the limit's time. `last_at` is the latest start in a
-- slot; all starts of the slot count until that is long enough ago.
create table kedge.rate_slot (
    namespace  text        not null,
    job        text        not null,
    key        text        not null,
    slot_at    timestamptz not null,
    last_at    timestamptz not null,
    starts     bigint      not null,
    primary key (namespace, job, key, slot_at)
) with (
    fillfactor = 70,
    autovacuum_vacuum_scale_factor = 0.05,
    autovacuum_vacuum_threshold = 1000,
    autovacuum_vacuum_cost_delay = 0
);

alter table kedge.run
    add column concurrency_key  text,
    add column ordering_key     text;

-- A blocked run waits for the end of another with its ordering key. It is not due, whatever the time.
alter table kedge.active_run
    add column concurrency_key  text,
    add column ordering_key     text,
    add column order_no         bigint,
    add column blocked          boolean not null default false,
    add constraint numbered_if_ordered check ((ordering_key is null) = (order_no is null)) not valid,
    add constraint blocked_is_pending  check (not blocked or (state = 'pending' and not due)) not valid;

-- Places in the order of a key. Drawn under the key's lock, so they grow as submissions commit.
create sequence kedge.run_order;

drop index kedge.active_run_later;
create index active_run_later on kedge.active_run (due_at)
    where not due and not blocked;
-- With the lane, so that a limited claim can count what runs by walking from worker to worker.
drop index kedge.active_run_held;
create index active_run_held on kedge.active_run (worker, lane)
    where state = 'running';
-- What a submission counts that may be refused, beside the runs that are due or running.
create index active_run_not_due on kedge.active_run (lane)
    where state = 'pending' and not due;
-- What a claim hops along from key to key.
create index active_run_by_key on kedge.active_run (lane, concurrency_key, priority desc, run_id)
    where state = 'pending' and due and concurrency_key is not null;
-- The order of each key, and those of them that wait for others.
create unique index place_in_order on kedge.active_run (namespace, job, ordering_key, order_no)
    where ordering_key is not null;
create index active_run_blocked on kedge.active_run (namespace, job, ordering_key, order_no)
    where blocked;

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
       r.event,
       r.concurrency_key,
       r.ordering_key
  from kedge.run as r
  left join kedge.active_run as a on a.run_id = r.run_id
  left join kedge.ended_run as e on e.run_id = r.run_id;

-- A run with everything that is known of it.
create view kedge.run_overview with (security_invoker = true) as
select s.*, r.payload, r.metadata, e.result
  from kedge.run_summary as s
  join kedge.run as r on r.run_id = s.run_id
  left join kedge.ended_run as e on e.run_id = s.run_id;

-- How many runs of a job are pending or running; one that is past :at_most may be left uncounted.
-- The switches pin the plan (see docs/adr/0009).
create function kedge.active_runs(its_namespace text, its_job text, at_most int) returns bigint
    language sql stable
    set search_path = pg_catalog, pg_temp
    set enable_seqscan = off
    set enable_bitmapscan = off
    set enable_hashjoin = off
    set enable_mergejoin = off as
$$
with recursive its_lane as materialized (
    select l.lane
      from kedge.lane as l
     where l.namespace = its_namespace
       and l.job = its_job
),
holder as (
    (select a.worker
       from kedge.active_run as a
      where a.state = 'running'
      order by a.worker
      limit 1)
    union all
    select (select a.worker
              from kedge.active_run as a
             where a.state = 'running'
               and a.worker > h.worker
             order by a.worker
             limit 1)
      from holder as h
     where h.worker is not null
)
select (select count(*)
          from (select
                  from its_lane as l
                  join kedge.active_run as a on a.lane = l.lane
                 where a.state = 'pending'
                   and a.due
                 limit at_most) as due)
     + (select count(*)
          from (select
                  from its_lane as l
                  join kedge.active_run as a on a.lane = l.lane
                 where a.state = 'pending'
                   and not a.due
                 limit at_most) as later)
     + (select count(*)
          from (select
                  from holder as h
                 cross join its_lane as l
                  join kedge.active_run as a on a.worker = h.worker and a.lane = l.lane
                 where a.state = 'running'
                 limit at_most) as running)
$$;

-- The same function with two more parameters; a role that was granted EXECUTE needs it again.
drop function kedge.enqueue(text, text, bytea, uuid, text, int, timestamptz, bigint, text,
                            timestamptz, int, bigint, text[], bytea, uuid, boolean);

-- Submits one run in the caller's own transaction: it exists if and only if that commits, and
-- workers hear of it then. Runs with the rights of Kedge's owner, so that an application needs no
-- grant but EXECUTE on this function. The one place where a NOTIFY rides in a transaction.
--
-- Raises no_data_found for an unknown or removed job, unique_violation (constraint
-- business_key_taken) for a business key that an active run has, invalid_json_text for a payload
-- that is not one JSON value in UTF-8, and KDG01 where as many runs of the job are active as its
-- limit allows, and the job refuses more.
create function kedge.enqueue(
    namespace     text,
    job           text,
    payload       bytea,
    run_id        uuid,
    queue         text        default null,
    priority      int         default null,
    due_at        timestamptz default null,
    delay_ms      bigint      default null,
    key           text        default null,
    expires_at    timestamptz default null,
    max_attempts  int         default null,
    timeout_ms    bigint      default null,
    tags          text[]      default null,
    metadata      bytea       default null,
    origin        uuid        default null,
    ring          boolean     default true,
    concurrency_key text      default null,
    ordering_key  text        default null
) returns uuid
    language plpgsql security definer set search_path = pg_catalog, pg_temp as
$$
declare
    its_job   kedge.job;
    its_queue text;
    its_lane  int;
    its_time  timestamptz;
    its_order bigint;
    its_turn  boolean := true;
    its_fault text;
begin
    begin
        perform convert_from(payload, 'UTF8')::json;
    exception
        when invalid_text_representation or character_not_in_repertoire then
            get stacked diagnostics its_fault = pg_exception_detail;
            raise invalid_json_text using message =
                format('payload is not JSON: %s', coalesce(nullif(its_fault, ''), sqlerrm));
    end;
    select j.* into its_job
      from kedge.job as j
     where j.namespace = enqueue.namespace and j.name = enqueue.job and j.removed_at is null;
    if not found then
        raise no_data_found using message = format('no job ''%s'' in namespace ''%s''', job, namespace);
    end if;
    its_queue := coalesce(queue, its_job.queue);
    insert into kedge.lane (namespace, queue, job)
    values (enqueue.namespace, its_queue, enqueue.job)
    on conflict on constraint lane_namespace_job_queue_key do nothing;
    select l.lane into strict its_lane
      from kedge.lane as l
     where l.namespace = enqueue.namespace and l.job = enqueue.job and l.queue = its_queue;
    its_time := coalesce(due_at, clock_timestamp() + coalesce(delay_ms, 0) * interval '1 millisecond');

    -- Locks in the same order everywhere. Each statement below has a snapshot younger than they are.
    if ordering_key is not null then
        perform pg_advisory_xact_lock(
            hashtextextended(enqueue.namespace || '/' || enqueue.job || '/' || ordering_key, 1));
    end if;
    if its_job.on_exceeded = 'reject' then
        perform pg_advisory_xact_lock(
            hashtextextended(enqueue.namespace || '/' || enqueue.job || '/', 2));
        if kedge.active_runs(enqueue.namespace, enqueue.job, its_job.max_concurrency)
               >= its_job.max_concurrency then
            raise exception using errcode = 'KDG01', message = format(
                'job ''%s'' has %s active runs, as many as it may', job, its_job.max_concurrency);
        end if;
    end if;
    if ordering_key is not null then
        its_order := nextval('kedge.run_order');
        its_turn := not exists (
            select from kedge.active_run as a
             where a.namespace = enqueue.namespace
               and a.job = enqueue.job
               and a.ordering_key = enqueue.ordering_key);
    end if;

    insert into kedge.run (run_id, namespace, job, queue, priority, payload, key, expires_at,
                           max_attempts, timeout_ms, tags, metadata, origin, concurrency_key,
                           ordering_key)
    values (enqueue.run_id, enqueue.namespace, enqueue.job, its_queue,
            coalesce(enqueue.priority, its_job.priority), enqueue.payload, enqueue.key,
            enqueue.expires_at, enqueue.max_attempts, enqueue.timeout_ms, enqueue.tags,
            enqueue.metadata, enqueue.origin, enqueue.concurrency_key, enqueue.ordering_key);
    insert into kedge.active_run (run_id, namespace, job, lane, state, priority, due, due_at, key,
                                  expires_at, concurrency_key, ordering_key, order_no, blocked)
    values (enqueue.run_id, enqueue.namespace, enqueue.job, its_lane, 'pending',
            coalesce(enqueue.priority, its_job.priority), its_turn and its_time <= clock_timestamp(),
            its_time, enqueue.key, enqueue.expires_at, enqueue.concurrency_key,
            enqueue.ordering_key, its_order, not its_turn);
    insert into kedge.run_tally_change (namespace, job, state, runs)
    values (enqueue.namespace, enqueue.job, 'pending', 1);
    if ring then
        perform pg_notify('kedge', 'lane ' || its_lane);
    end if;
    return enqueue.run_id;
end
$$;
