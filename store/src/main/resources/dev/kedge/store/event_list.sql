-- A page of a namespace's events, newest first, as much as fits into :bytes. There is more where more
-- was found than is returned.
--
-- Index: event_of_namespace (namespace, event_id).
select *,
       array(select r.run_id
               from kedge.event_run as r
              where r.event_id = page.event_id
              order by r.run_id
              limit 100) as started
  from (select e.*,
               sum(octet_length(e.payload)) over (order by e.event_id desc) as bytes,
               row_number() over (order by e.event_id desc)                 as number,
               count(*) over ()                                             as found
          from (select event_id, topic, payload, emitted_by, created_at, consumed_at
                  from kedge.event
                 where namespace = :namespace
                   and (:topic::text is null or topic = :topic::text)
                   and (:consumed::boolean is null
                        or (consumed_at is not null) = :consumed::boolean)
                   and event_id < coalesce(:before::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff')
                 order by event_id desc
                 limit :limit + 1) as e) as page
 where number <= :limit
   and (bytes <= :bytes or number = 1)
 order by event_id desc
