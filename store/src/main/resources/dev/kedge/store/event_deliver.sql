-- Give events to those who wait for them, each wait the earliest that fits. The caller has locked
-- the active runs, and names them.
with met as materialized (
    select distinct on (w.run_id, w.path) w.run_id, w.path, e.event_id, e.topic, e.payload,
           e.created_at
      from kedge.event as e
      join kedge.wait as w on w.namespace = e.namespace
                          and w.topic = e.topic
                          and w.over_at is null
                          and w.opened_at <= e.created_at
                          and (w.match is null or kedge.content(e.payload) @> w.match)
                          and (not e.own_only
                               or (select r.submitted_by from kedge.run as r where r.run_id = w.run_id)
                                  = e.published_by)
     where e.event_id = any(:events::uuid[])
       and w.run_id = any(:run_ids::uuid[])
     order by w.run_id, w.path, e.event_id
),
delivered as (
    update kedge.wait as w
       set over_at = clock_timestamp(),
           output  = convert_to('{"id":"' || m.event_id || '","topic":' || to_json(m.topic)
                                || ',"publishedAt":' || to_json(to_char(m.created_at at time zone 'UTC',
                                                        'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'))
                                || ',"payload":', 'UTF8')
                     || m.payload || convert_to('}', 'UTF8')
      from met as m
     where w.run_id = m.run_id
       and w.path = m.path
       and w.over_at is null
    returning w.run_id, m.event_id
),
consumed as (
    update kedge.event as e
       set consumed_by = coalesce(e.consumed_by, d.run_id),
           consumed_at = coalesce(e.consumed_at, clock_timestamp())
      from (select distinct on (event_id) event_id, run_id from delivered order by event_id, run_id)
           as d
     where e.event_id = d.event_id
)
select run_id
  from delivered
