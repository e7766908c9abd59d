-- The runs that wait for one of these events.
--
-- Index: wait_for_event (namespace, topic) where topic is not null and over_at is null.
select distinct w.run_id
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
 limit :limit
