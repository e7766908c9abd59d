-- Note the runs that events are about to start, one for each event and trigger; a pair that somebody
-- else was quicker with is missing from the result.
with started as (
    insert into kedge.event_run (event_id, trigger_id, run_id)
    select s.event, s.trigger, s.run_id
      from unnest(:events::uuid[], :triggers::uuid[], :run_ids::uuid[]) as s (event, trigger, run_id)
     order by s.event, s.trigger
    on conflict (event_id, trigger_id) do nothing
    returning event_id, trigger_id, run_id
),
consumed as (
    update kedge.event as e
       set consumed_by = coalesce(e.consumed_by, s.run_id),
           consumed_at = coalesce(e.consumed_at, clock_timestamp())
      from (select distinct on (event_id) event_id, run_id from started order by event_id, trigger_id)
           as s
     where e.event_id = s.event_id
),
noted as (
    update kedge.trigger as t
       set last_triggered_at = clock_timestamp()
      from (select distinct trigger_id from started) as s
     where t.trigger_id = s.trigger_id
)
select run_id
  from started
