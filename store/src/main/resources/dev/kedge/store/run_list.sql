-- A page of a namespace's runs, newest first.
--
-- Index: run_by_job (namespace, job, run_id), one short backward walk for each job of the namespace.
-- Each walk is kept apart (lateral), so that a page of all jobs needs no second index.
select v.*
  from (select r.run_id
          from kedge.job as j
         cross join lateral (
               select o.run_id
                 from kedge.run_summary as o
                where o.namespace = :namespace
                  and o.job = j.name
                  and o.run_id < coalesce(:before::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff')
                  and (:states::text[] is null or o.state = any(:states::text[]))
                  and (:queue::text is null or o.queue = :queue::text)
                  and (:tag::text is null or :tag::text = any(o.tags))
                  and (:key::text is null or o.key = :key::text)
                  and (:created_after::timestamptz is null or o.created_at > :created_after::timestamptz)
                  and (:created_before::timestamptz is null or o.created_at < :created_before::timestamptz)
                order by o.run_id desc
                limit :limit) as r
         where j.namespace = :namespace
           and (:job::text is null or j.name = :job::text)
         order by r.run_id desc
         limit :limit) as page
  join kedge.run_summary as v on v.run_id = page.run_id
 order by v.run_id desc
