-- Row security: PostgreSQL itself holds callers to what they may see and do (docs/adr/0016).
--
-- Three roles work on the tables. The login that runs this owns them, and a policy named `engine`
-- lets it at every row: row security is forced, so that without one even the owner sees nothing.
-- `kedge_user` is whom requests of callers run as, and `kedge_writer` whom the shared commits of
-- submissions run as; neither can log in, owns anything or passes row security by. What they reach
-- is claimed by settings of the transaction (claims_begin.sql, batch_begin.sql); a claim that is
-- missing is empty, and an empty one reaches nothing.
--
-- Locks: ACCESS EXCLUSIVE on every table for a moment; the new columns have no default, so no row is
-- rewritten.

do
$$
declare
    its_name text;
    its_role pg_roles;
begin
    foreach its_name in array array['kedge_user', 'kedge_writer'] loop
        -- Roles belong to the whole cluster: another database may be making them just now.
        if not exists (select from pg_roles where rolname = its_name) then
            begin
                execute format('create role %I nologin', its_name);
            exception
                when duplicate_object or unique_violation then
                    null;
                when insufficient_privilege then
                    raise insufficient_privilege using message = format(
                        'Kedge needs roles that ''%s'' may not create. Have an administrator run:'
                        ' create role kedge_user nologin; create role kedge_writer nologin;'
                        ' grant kedge_user, kedge_writer to %I;', current_user, current_user);
            end;
        end if;
        select * into strict its_role from pg_roles where rolname = its_name;
        if its_role.rolsuper or its_role.rolbypassrls or its_role.rolcanlogin
           or exists (select from pg_auth_members where member = its_role.oid) then
            raise invalid_grant_operation using message = format(
                'the role ''%1$s'' is to be one that cannot log in, does not bypass row security and'
                ' is a member of no other. Have an administrator run:'
                ' alter role %1$s nologin nosuperuser nobypassrls; and take its memberships away',
                its_name);
        end if;
        for attempt in 1 .. 20 loop
            exit when exists (select
                                from pg_auth_members as m
                                join pg_roles as r on r.oid = m.member
                               where m.roleid = its_role.oid
                                 and r.rolname = current_user
                                 and (current_setting('server_version_num')::int < 160000
                                      or (to_jsonb(m) ->> 'set_option')::boolean));
            begin
                execute format(
                    case when current_setting('server_version_num')::int < 160000
                         then 'grant %I to %I'
                         else 'grant %I to %I with set true, inherit false' end,
                    its_name, current_user);
            exception
                when insufficient_privilege then
                    raise insufficient_privilege using message = format(
                        'Kedge must be able to act as ''%s''. Have an administrator run:'
                        ' grant kedge_user, kedge_writer to %I;', its_name, current_user);
                when unique_violation or internal_error then
                    -- The same grant was made elsewhere in this very moment.
                    if attempt = 20 then
                        raise;
                    end if;
                    perform pg_sleep(0.05);
            end;
        end loop;
    end loop;
end
$$;

-- Who submitted a run, as was known then. Null for Kedge itself and for its operator.
alter table kedge.run
    add column submitted_by    text,
    add column submitter_role  text,
    add column submitter_email text,
    add constraint whole_submitter check ((submitted_by is null) = (submitter_role is null)) not valid;

-- Who published an event from outside of runs; null as above. Of somebody who does not see the runs of
-- others, it reaches none of others.
alter table kedge.event
    add column published_by text,
    add column own_only     boolean not null default false,
    add constraint own_of_somebody check (not own_only or published_by is not null) not valid;

-- What is claimed. Each policy asks once for each statement, in a subquery of its own.

create function kedge.claimed_principal() returns text
    stable parallel safe
    return nullif(current_setting('kedge.principal', true), '');

create function kedge.claims_everywhere() returns boolean
    stable parallel safe
    return coalesce(current_setting('kedge.everywhere', true) = 'on', false);

-- Where the caller sees what it submitted itself.
create function kedge.claimed_own() returns text[]
    stable parallel safe
    return string_to_array(nullif(current_setting('kedge.sees_own', true), ''), ',');

-- Where the caller sees everything.
create function kedge.claimed_all() returns text[]
    stable parallel safe
    return string_to_array(nullif(current_setting('kedge.sees_all', true), ''), ',');

-- Where the caller may submit, and stop what it submitted.
create function kedge.claimed_submits() returns text[]
    stable parallel safe
    return string_to_array(nullif(current_setting('kedge.submits', true), ''), ',');

-- Where the caller may change definitions and act on the runs of others.
create function kedge.claimed_administers() returns text[]
    stable parallel safe
    return string_to_array(nullif(current_setting('kedge.administers', true), ''), ',');

-- Where the caller sees what jobs there are.
create function kedge.claimed_reach() returns text[]
    stable parallel safe
    return kedge.claimed_own() || kedge.claimed_all() || kedge.claimed_administers();

-- What a shared commit may hold: an object whose keys are the namespaces of its rows, and those
-- together with whom the rows are for, `namespace submitter`. (No namespace has a space in it.)
create function kedge.batch() returns jsonb
    stable parallel safe
    return nullif(current_setting('kedge.batch', true), '')::jsonb;

-- Counts for whoever submits, also what that one may not see.
alter function kedge.active_runs(text, text, int) security definer;

-- Puts a table under row security, with its owner let at every row and nobody else at any. Every
-- migration that makes a table says so of it.
create procedure kedge.guard(guarded regclass)
    language plpgsql set search_path = pg_catalog, pg_temp as
$$
begin
    execute format('alter table %s enable row level security', guarded);
    execute format('alter table %s force row level security', guarded);
    execute format('create policy engine on %s to current_user using (true) with check (true)', guarded);
end
$$;

-- As before, and guarded. A partition has no policy for callers: they have no business with it, but
-- through its parent.
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
                call kedge.guard(format('kedge.%I', child)::regclass);
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

do
$$
declare
    its_table regclass;
begin
    for its_table in
        select c.oid::regclass
          from pg_class as c
         where c.relnamespace = 'kedge'::regnamespace
           and c.relkind in ('r', 'p')
           and c.relname <> 'schema_change' -- Which migrations were made; Flyway's own.
         order by c.relname
    loop
        call kedge.guard(its_table);
    end loop;
end
$$;

grant usage on schema kedge to kedge_user, kedge_writer;

-- Callers: what they read.

grant execute on function
    kedge.claimed_principal(), kedge.claims_everywhere(), kedge.claimed_own(), kedge.claimed_all(),
    kedge.claimed_submits(), kedge.claimed_administers(), kedge.claimed_reach(), kedge.content(bytea)
    to kedge_user;

grant select on
    kedge.run, kedge.active_run, kedge.ended_run, kedge.attempt, kedge.run_log, kedge.step,
    kedge.wait, kedge.run_state, kedge.dead_letter, kedge.event, kedge.event_run, kedge.run_tally,
    kedge.run_tally_change, kedge.job, kedge.lane, kedge.namespace_limit, kedge.trigger,
    kedge.function, kedge.deployment
    to kedge_user;

create policy reader on kedge.run for select to kedge_user using (
    (select kedge.claims_everywhere())
    or namespace = any ((select kedge.claimed_all())::text[])
    or (submitted_by = (select kedge.claimed_principal())
        and namespace = any ((select kedge.claimed_own())::text[])));

-- Whatever belongs to a run is seen by whoever sees the run. (A subquery that gives one value is
-- looked up by key for each row; `exists` may be turned into a hash of every run there is.)
create policy reader on kedge.active_run for select to kedge_user using (
    (select true from kedge.run as r where r.run_id = active_run.run_id));
create policy reader on kedge.ended_run for select to kedge_user using (
    (select true from kedge.run as r where r.run_id = ended_run.run_id));
create policy reader on kedge.attempt for select to kedge_user using (
    (select true from kedge.run as r where r.run_id = attempt.run_id));
create policy reader on kedge.run_log for select to kedge_user using (
    (select true from kedge.run as r where r.run_id = run_log.run_id));
create policy reader on kedge.step for select to kedge_user using (
    (select true from kedge.run as r where r.run_id = step.run_id));
create policy reader on kedge.wait for select to kedge_user using (
    (select true from kedge.run as r where r.run_id = wait.run_id));
create policy reader on kedge.run_state for select to kedge_user using (
    (select true from kedge.run as r where r.run_id = run_state.run_id));
create policy reader on kedge.dead_letter for select to kedge_user using (
    (select true from kedge.run as r where r.run_id = dead_letter.run_id));
create policy reader on kedge.event_run for select to kedge_user using (
    (select true from kedge.run as r where r.run_id = event_run.run_id));

-- An event is its publisher's: a caller, or the run that emitted it.
create policy reader on kedge.event for select to kedge_user using (
    (select kedge.claims_everywhere())
    or namespace = any ((select kedge.claimed_all())::text[])
    or (namespace = any ((select kedge.claimed_own())::text[])
        and (published_by = (select kedge.claimed_principal())
             or (select true from kedge.run as r where r.run_id = event.emitted_by))));

-- Sums tell of the runs of all.
create policy reader on kedge.run_tally for select to kedge_user using (
    (select kedge.claims_everywhere())
    or namespace = any ((select kedge.claimed_all())::text[]));
create policy reader on kedge.run_tally_change for select to kedge_user using (
    (select kedge.claims_everywhere())
    or namespace = any ((select kedge.claimed_all())::text[]));

create policy reader on kedge.job for select to kedge_user using (
    (select kedge.claims_everywhere())
    or namespace = any ((select kedge.claimed_reach())::text[]));
create policy reader on kedge.lane for select to kedge_user using (
    (select kedge.claims_everywhere())
    or namespace = any ((select kedge.claimed_reach())::text[]));
create policy reader on kedge.namespace_limit for select to kedge_user using (
    (select kedge.claims_everywhere())
    or namespace = any ((select kedge.claimed_reach())::text[]));
create policy reader on kedge.trigger for select to kedge_user using (
    (select kedge.claims_everywhere())
    or namespace = any ((select kedge.claimed_reach())::text[]));
create policy reader on kedge.function for select to kedge_user using (
    (select kedge.claims_everywhere())
    or namespace = any ((select kedge.claimed_reach())::text[]));
-- Code is not for everybody who may run it.
create policy reader on kedge.deployment for select to kedge_user using (
    (select kedge.claims_everywhere())
    or namespace = any ((select kedge.claimed_all())::text[])
    or namespace = any ((select kedge.claimed_administers())::text[]));

-- Callers: what they change. A run is stopped by noting who wants it to stop, and in no other way.

grant update (cancel_requested_at, cancel_requested_by) on kedge.active_run to kedge_user;

create policy canceller on kedge.active_run for update to kedge_user
    using (
        (select kedge.claims_everywhere())
        or namespace = any ((select kedge.claimed_administers())::text[])
        or (namespace = any ((select kedge.claimed_submits())::text[])
            and (select r.submitted_by = (select kedge.claimed_principal())
                   from kedge.run as r
                  where r.run_id = active_run.run_id)))
    with check (cancel_requested_by = (select kedge.claimed_principal()));

grant insert, update on kedge.job to kedge_user;
grant insert on kedge.lane to kedge_user;
grant insert, update, delete on kedge.namespace_limit, kedge.trigger to kedge_user;
grant insert, update on kedge.function to kedge_user;
grant insert on kedge.deployment to kedge_user;
grant delete on kedge.dead_letter to kedge_user;

create policy definer on kedge.job for insert to kedge_user with check (
    (select kedge.claims_everywhere())
    or namespace = any ((select kedge.claimed_administers())::text[]));
create policy redefiner on kedge.job for update to kedge_user
    using (
        (select kedge.claims_everywhere())
        or namespace = any ((select kedge.claimed_administers())::text[]))
    with check (
        (select kedge.claims_everywhere())
        or namespace = any ((select kedge.claimed_administers())::text[]));
create policy definer on kedge.lane for insert to kedge_user with check (
    (select kedge.claims_everywhere())
    or namespace = any ((select kedge.claimed_administers())::text[]));
create policy administrator on kedge.namespace_limit to kedge_user
    using (
        (select kedge.claims_everywhere())
        or namespace = any ((select kedge.claimed_administers())::text[]))
    with check (
        (select kedge.claims_everywhere())
        or namespace = any ((select kedge.claimed_administers())::text[]));
create policy administrator on kedge.trigger to kedge_user
    using (
        (select kedge.claims_everywhere())
        or namespace = any ((select kedge.claimed_administers())::text[]))
    with check (
        (select kedge.claims_everywhere())
        or namespace = any ((select kedge.claimed_administers())::text[]));
create policy definer on kedge.function for insert to kedge_user with check (
    (select kedge.claims_everywhere())
    or namespace = any ((select kedge.claimed_administers())::text[]));
create policy redefiner on kedge.function for update to kedge_user
    using (
        (select kedge.claims_everywhere())
        or namespace = any ((select kedge.claimed_administers())::text[]))
    with check (
        (select kedge.claims_everywhere())
        or namespace = any ((select kedge.claimed_administers())::text[]));
create policy definer on kedge.deployment for insert to kedge_user with check (
    (select kedge.claims_everywhere())
    or namespace = any ((select kedge.claimed_administers())::text[]));
create policy remover on kedge.dead_letter for delete to kedge_user using (
    (select kedge.claims_everywhere())
    or namespace = any ((select kedge.claimed_administers())::text[]));

-- Shared commits: what they write, and what they must read to do so.

grant execute on function kedge.batch(), kedge.active_runs(text, text, int) to kedge_writer;

grant insert on kedge.run, kedge.active_run, kedge.run_tally_change, kedge.event, kedge.outbox
    to kedge_writer;
grant select (run_id) on kedge.run to kedge_writer;
grant select (run_id, namespace, job, lane, state, priority, due) on kedge.active_run
    to kedge_writer;
grant select (event_id) on kedge.event to kedge_writer;
grant select on kedge.lane, kedge.job, kedge.namespace_limit to kedge_writer;
grant select (worker_id, gen, lost_at) on kedge.worker to kedge_writer;

create policy submitter on kedge.run for insert to kedge_writer with check (
    (select kedge.batch()) ? (namespace || ' ' || coalesce(submitted_by, '')));
create policy returned on kedge.run for select to kedge_writer using (
    (select kedge.batch()) ? (namespace || ' ' || coalesce(submitted_by, '')));
-- Its run was written by the same statement, which no subquery sees; the namespace it does.
create policy submitter on kedge.active_run for insert to kedge_writer with check (
    (select kedge.batch()) ? namespace);
create policy returned on kedge.active_run for select to kedge_writer using (
    (select kedge.batch()) ? namespace);
create policy submitter on kedge.run_tally_change for insert to kedge_writer with check (
    (select kedge.batch()) ? namespace);
-- What this lets through counts for nothing by itself: a row of a foreign lane is refused above. The
-- planner guesses how many rows a policy leaves, and would take a batch for a single row.
create policy known on kedge.lane for select to kedge_writer using (
    (select kedge.batch()) is not null);
create policy known on kedge.job for select to kedge_writer using (
    (select kedge.batch()) ? namespace);

create policy known on kedge.namespace_limit for select to kedge_writer using (
    (select kedge.batch()) ? namespace);
create policy known on kedge.worker for select to kedge_writer using (
    (select kedge.batch()) is not null);

create policy publisher on kedge.event for insert to kedge_writer with check (
    (select kedge.batch()) ? (namespace || ' ' || coalesce(published_by, '')));
create policy returned on kedge.event for select to kedge_writer using (
    (select kedge.batch()) ? (namespace || ' ' || coalesce(published_by, '')));
create policy publisher on kedge.outbox for insert to kedge_writer with check (
    kind = 'event' and (select kedge.batch()) is not null);

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
       r.ordering_key,
       r.submitted_by,
       r.submitter_role,
       r.submitter_email
  from kedge.run as r
  left join kedge.active_run as a on a.run_id = r.run_id
  left join kedge.ended_run as e on e.run_id = r.run_id;

-- A run with everything that is known of it.
create view kedge.run_overview with (security_invoker = true) as
select s.*, r.payload, r.metadata, e.result
  from kedge.run_summary as s
  join kedge.run as r on r.run_id = s.run_id
  left join kedge.ended_run as e on e.run_id = s.run_id;

-- The same function with three more parameters.
drop function kedge.enqueue(text, text, bytea, uuid, text, int, timestamptz, bigint, text,
                            timestamptz, int, bigint, text[], bytea, uuid, boolean, text, text);

-- Submits one run in the caller's own transaction: it exists if and only if that commits, and
-- workers hear of it then. Runs with the rights of Kedge's owner, so that an application needs no
-- grant but EXECUTE on this function. The one place where a NOTIFY rides in a transaction.
--
-- Raises no_data_found for an unknown or removed job, unique_violation (constraint
-- business_key_taken) for a business key that an active run has, invalid_json_text for a payload
-- that is not one JSON value in UTF-8, and KDG01 where as many runs of the job are active as its
-- limit allows, and the job refuses more.
--
-- Only who acts as Kedge's owner may say for whom the run is; other applications submit as nobody.
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
    ordering_key  text        default null,
    submitted_by    text      default null,
    submitter_role  text      default null,
    submitter_email text      default null
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
    if submitted_by is not null and not pg_has_role(session_user, current_user, 'member') then
        raise insufficient_privilege using message = 'only Kedge itself may name a submitter';
    end if;
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
                           ordering_key, submitted_by, submitter_role, submitter_email)
    values (enqueue.run_id, enqueue.namespace, enqueue.job, its_queue,
            coalesce(enqueue.priority, its_job.priority), enqueue.payload, enqueue.key,
            enqueue.expires_at, enqueue.max_attempts, enqueue.timeout_ms, enqueue.tags,
            enqueue.metadata, enqueue.origin, enqueue.concurrency_key, enqueue.ordering_key,
            enqueue.submitted_by, enqueue.submitter_role, enqueue.submitter_email);
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

grant select on kedge.run_summary, kedge.run_overview to kedge_user;

-- By default everybody may call what is made. Here nobody may who was not named: an application that
-- is to submit by SQL needs USAGE on the schema and EXECUTE on kedge.enqueue.
revoke execute on all routines in schema kedge from public;
