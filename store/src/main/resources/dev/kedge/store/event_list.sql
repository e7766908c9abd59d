-- A page of a namespace's events, newest first.
--
-- Index: event_of_namespace (namespace, event_id).
select e.event_id, e.topic, e.payload, e.emitted_by, e.created_at, e.consumed_at,
       array(select r.run_id
               from kedge.event_run as r
              where r.event_id = e.event_id
              order by r.run_id
              limit 100) as started
  from kedge.event as e
 where e.namespace = :namespace
   and (:topic::text is null or e.topic = :topic::text)
   and (:consumed::boolean is null or (e.consumed_at is not null) = :consumed::boolean)
   and e.event_id < coalesce(:before::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff')
 order by e.event_id desc
 limit :limit
