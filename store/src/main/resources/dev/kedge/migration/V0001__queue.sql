-- The queue: what is submitted, what is under way, what has ended, and who does the work.
--
-- Locks: none that anybody could wait for; every table is new.
--
-- Three relations hold a run. `run` is what was submitted and never changes. `active_run` is what is
-- neither ended nor just born, and the only one of the three that is ever updated. `ended_run` is how
-- it ended and never changes. A run's state is read off: ended? that state. Active? that state.
-- Neither? It is just born, and running.

create table kedge.job (
    namespace            text        not null,
    name                 text        not null,
    version              int         not null default 1,
    binding              text        not null,
    function             text,
    description          text,
    enabled              boolean     not null default true,
    paused               boolean     not null default false,
    removed_at           timestamptz,
    max_attempts         int         not null,
    backoff              text        not null,
    backoff_delays_ms    bigint[]    not null,
    jitter               float8      not null,
    on_worker_lost       text        not null,
    max_losses           int         not null,
    timeout_ms           bigint,
    progress_timeout_ms  bigint,
    cancel_grace_ms      bigint,
    priority             smallint    not null,
    queue                text        not null,
    defined_at           timestamptz not null default clock_timestamp(),
    primary key (namespace, name),
    constraint known_binding         check (binding in ('java', 'function')),
    constraint function_if_bound_so  check ((function is not null) = (binding = 'function')),
    constraint known_backoff         check (backoff in ('fixed', 'linear', 'exponential', 'table')),
    constraint known_loss_policy     check (on_worker_lost in ('retry', 'fail'))
);

-- A lane is a number for a job's runs in a queue of a namespace: what a worker offers to carry out,
-- and the first column of the index that the claim reads.
create table kedge.lane (
    lane       int  generated always as identity primary key,
    namespace  text not null,
    queue      text not null,
    job        text not null,
    unique (namespace, job, queue),
    foreign key (namespace, job) references kedge.job (namespace, name)
);

create table kedge.worker (
    worker_id      uuid        primary key,
    gen            int         not null default 1,
    host           text        not null,
    pid            bigint      not null,
    slots          int         not null,
    started_at     timestamptz not null default clock_timestamp(),
    lost_at        timestamptz,
    floor_at_loss  uuid,
    swept_at       timestamptz,
    constraint lost_before_swept check (swept_at is null or lost_at is not null)
) with (fillfactor = 50);

-- Apart from `worker`, so that a beat and a batch of the same worker never wait for each other.
create table kedge.worker_beat (
    worker_id   uuid        primary key references kedge.worker (worker_id) on delete cascade,
    beaten_at   timestamptz not null,
    beat_until  timestamptz not null,
    born_floor  uuid
) with (fillfactor = 50);

create table kedge.run (
    run_id        uuid        not null primary key,
    namespace     text        not null,
    job           text        not null,
    queue         text        not null,
    priority      smallint    not null,
    payload       bytea       not null,
    created_at    timestamptz not null default clock_timestamp(),
    born_by       uuid,
    key           text,
    expires_at    timestamptz,
    max_attempts  int,
    timeout_ms    bigint,
    tags          text[],
    metadata      bytea,
    origin        uuid
) partition by range (run_id);

create index run_by_job on kedge.run (namespace, job, run_id);

create table kedge.active_run (
    run_id               uuid        primary key,
    namespace            text        not null,
    job                  text        not null,
    lane                 int         not null,
    state                text        not null,
    priority             smallint    not null,
    due                  boolean     not null,
    due_at               timestamptz not null,
    epoch                bigint      not null default 0,
    attempt              int         not null default 0,
    failures             int         not null default 0,
    losses               int         not null default 0,
    resuming             boolean     not null default false,
    worker               uuid,
    deployment           uuid,
    started_at           timestamptz,
    attempt_started_at   timestamptz,
    key                  text,
    expires_at           timestamptz,
    cancel_requested_at  timestamptz,
    cancel_requested_by  text,
    progress_at          timestamptz,
    progress_percent     float8,
    progress_processed   bigint,
    progress_total       bigint,
    progress_message     text,
    progress_data        bytea,
    failure_code         text,
    failure_type         text,
    failure_message      text,
    failure_stack        text,
    constraint never_final        check (state in ('pending', 'running', 'sleeping')),
    constraint leased_if_running  check ((worker is not null) = (state = 'running')),
    constraint counted_if_running check (state <> 'running' or (attempt >= 1 and epoch >= 1))
) with (
    fillfactor = 60,
    autovacuum_vacuum_scale_factor = 0.05,
    autovacuum_vacuum_threshold = 1000,
    autovacuum_analyze_scale_factor = 0.2,
    autovacuum_vacuum_cost_delay = 0
);

-- What a claim walks along. Runs of next year are not in it: `due` is set when their time comes.
create index active_run_claim on kedge.active_run (lane, priority desc, run_id)
    where state = 'pending' and due;
-- What the timer walks along.
create index active_run_later on kedge.active_run (due_at)
    where not due;
-- What beats and sweeps walk along.
create index active_run_held on kedge.active_run (worker)
    where state = 'running';
create index active_run_expiring on kedge.active_run (expires_at)
    where expires_at is not null and state = 'pending';
create unique index business_key_taken on kedge.active_run (namespace, job, key)
    where key is not null;

create function kedge.refuse_lower_epoch() returns trigger
    language plpgsql as
$$
begin
    raise exception 'epoch of run % would fall from % to %', old.run_id, old.epoch, new.epoch;
end
$$;

create trigger epoch_only_rises
    before update on kedge.active_run
    for each row when (new.epoch < old.epoch)
    execute function kedge.refuse_lower_epoch();

create table kedge.ended_run (
    run_id               uuid        not null primary key,
    namespace            text        not null,
    job                  text        not null,
    state                text        not null,
    epoch                bigint      not null,
    attempt              int         not null,
    failures             int         not null,
    losses               int         not null,
    worker               uuid,
    deployment           uuid,
    due_at               timestamptz not null,
    started_at           timestamptz,
    ended_at             timestamptz not null default clock_timestamp(),
    cancel_requested_at  timestamptz,
    cancel_requested_by  text,
    cancel_reason        text,
    progress_at          timestamptz,
    progress_percent     float8,
    progress_processed   bigint,
    progress_total       bigint,
    progress_message     text,
    progress_data        bytea,
    result               bytea,
    failure_code         text,
    failure_type         text,
    failure_message      text,
    failure_stack        text,
    constraint always_final       check (state in ('completed', 'failed', 'cancelled')),
    constraint result_if_complete check ((result is not null) = (state = 'completed')),
    constraint reason_if_failed   check (state <> 'failed' or failure_message is not null)
) partition by range (run_id);

create index ended_run_unhappy on kedge.ended_run (namespace, state, run_id)
    where state <> 'completed';

-- Attempts that did not end their run: they failed and were retried, or their worker died.
create table kedge.attempt (
    run_id           uuid        not null,
    epoch            bigint      not null,
    number           int         not null,
    worker           uuid        not null,
    started_at       timestamptz,
    ended_at         timestamptz not null default clock_timestamp(),
    failure_code     text        not null,
    failure_type     text,
    failure_message  text        not null,
    failure_stack    text,
    primary key (run_id, epoch)
) partition by range (run_id);

create table kedge.run_log (
    run_id   uuid        not null,
    epoch    bigint      not null,
    line     int         not null,
    attempt  int         not null,
    at       timestamptz not null default clock_timestamp(),
    level    text        not null,
    message  text        not null,
    primary key (run_id, epoch, line),
    constraint known_level check (level in ('debug', 'info', 'warn', 'error'))
) partition by range (run_id);

-- A partition holds a week of ids. Ids outside every week that was made lie in the default one.
create table kedge.run_default       partition of kedge.run       default;
create table kedge.ended_run_default partition of kedge.ended_run default;
create table kedge.attempt_default   partition of kedge.attempt   default;
create table kedge.run_log_default   partition of kedge.run_log   default;

-- The least UUIDv7 that can be made at a time.
create function kedge.first_id_of(moment timestamptz) returns uuid
    language sql immutable as
$$
select (lpad(to_hex((extract(epoch from moment) * 1000)::bigint), 12, '0') || repeat('0', 20))::uuid
$$;

-- Makes the partitions for every week from this one until :weeks later, where they are missing.
-- Attaching takes SHARE UPDATE EXCLUSIVE on the parent, which no reader or writer waits for, and
-- ACCESS EXCLUSIVE on the (small) default partition for a moment.
create function kedge.make_partitions(weeks int) returns int
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
        foreach parent in array array['run', 'ended_run', 'attempt', 'run_log'] loop
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

-- How many runs are in each state, kept by transition. Each batch appends what it changed; the
-- keeper folds the changes into the sums, so that no row is hot.
create table kedge.run_tally (
    namespace  text   not null,
    job        text   not null,
    state      text   not null,
    runs       bigint not null,
    primary key (namespace, job, state)
);

create table kedge.run_tally_change (
    namespace  text   not null,
    job        text   not null,
    state      text   not null,
    runs       bigint not null
);

create table kedge.deployment (
    deployment_id  uuid        primary key,
    namespace      text        not null,
    function       text        not null,
    version        int         not null,
    code           text        not null,
    digest         text        not null,
    deployed_at    timestamptz not null default clock_timestamp(),
    unique (namespace, function, version),
    unique (namespace, function, deployment_id)
);

create table kedge.function (
    namespace          text not null,
    name               text not null,
    active_deployment  uuid,
    primary key (namespace, name),
    foreign key (namespace, name, active_deployment)
        references kedge.deployment (namespace, function, deployment_id)
);

-- Credentials of this installation: hashes only.
create table kedge.credential (
    name      text        primary key,
    hash      text        not null,
    added_at  timestamptz not null default clock_timestamp()
);

-- What lists show of a run, whichever relation it is in: all but what may be large.
create view kedge.run_summary with (security_invoker = true) as
select r.run_id,
       r.namespace,
       r.job,
       r.queue,
       coalesce(e.state, a.state, 'running')                        as state,
       r.priority,
       r.created_at,
       coalesce(e.due_at, a.due_at, r.created_at)                   as due_at,
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
       r.origin
  from kedge.run as r
  left join kedge.active_run as a on a.run_id = r.run_id
  left join kedge.ended_run as e on e.run_id = r.run_id;

-- A run with everything that is known of it.
create view kedge.run_overview with (security_invoker = true) as
select s.*, r.payload, r.metadata, e.result
  from kedge.run_summary as s
  join kedge.run as r on r.run_id = s.run_id
  left join kedge.ended_run as e on e.run_id = s.run_id;

-- Submits one run in the caller's own transaction: it exists if and only if that commits, and
-- workers hear of it then. Runs with the rights of Kedge's owner, so that an application needs no
-- grant but EXECUTE on this function. The one place where a NOTIFY rides in a transaction.
--
-- Raises no_data_found for an unknown or removed job, unique_violation (constraint
-- business_key_taken) for a business key that an active run has, and invalid_json_text for a payload
-- that is not one JSON value in UTF-8.
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
    ring          boolean     default true
) returns uuid
    language plpgsql security definer set search_path = pg_catalog, pg_temp as
$$
declare
    its_job   kedge.job;
    its_queue text;
    its_lane  int;
    its_time  timestamptz;
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

    insert into kedge.run (run_id, namespace, job, queue, priority, payload, key, expires_at,
                           max_attempts, timeout_ms, tags, metadata, origin)
    values (enqueue.run_id, enqueue.namespace, enqueue.job, its_queue,
            coalesce(enqueue.priority, its_job.priority), enqueue.payload, enqueue.key,
            enqueue.expires_at, enqueue.max_attempts, enqueue.timeout_ms, enqueue.tags,
            enqueue.metadata, enqueue.origin);
    insert into kedge.active_run (run_id, namespace, job, lane, state, priority, due, due_at, key,
                                  expires_at)
    values (enqueue.run_id, enqueue.namespace, enqueue.job, its_lane, 'pending',
            coalesce(enqueue.priority, its_job.priority), its_time <= clock_timestamp(), its_time,
            enqueue.key, enqueue.expires_at);
    insert into kedge.run_tally_change (namespace, job, state, runs)
    values (enqueue.namespace, enqueue.job, 'pending', 1);
    if ring then
        perform pg_notify('kedge', 'lane ' || its_lane);
    end if;
    return enqueue.run_id;
end
$$;
