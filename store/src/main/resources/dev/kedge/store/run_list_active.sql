-- A page of a namespace's runs that have not ended, newest first: reads the small table only.
select v.*
  from (select a.run_id
          from kedge.active_run as a
          join kedge.run as r on r.run_id = a.run_id
         where a.namespace = :namespace
           and a.run_id < coalesce(:before::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff')
           and a.state = any(:states::text[])
           and (:job::text is null or a.job = :job::text)
           and (:queue::text is null or r.queue = :queue::text)
           and (:tag::text is null or :tag::text = any(r.tags))
           and (:key::text is null or r.key = :key::text)
           and (:created_after::timestamptz is null or r.created_at > :created_after::timestamptz)
           and (:created_before::timestamptz is null or r.created_at < :created_before::timestamptz)
         order by a.run_id desc
         limit :limit) as page
  join kedge.run_summary as v on v.run_id = page.run_id
 order by v.run_id desc
