-- A page of a namespace's failed or cancelled runs, newest first.
--
-- Index: ended_run_unhappy (namespace, state, run_id) where state <> 'completed'.
select v.*
  from (select found.run_id
          from unnest(:states::text[]) as wanted (state)
         cross join lateral (
               select e.run_id
                 from kedge.ended_run as e
                 join kedge.run as r on r.run_id = e.run_id
                where e.namespace = :namespace
                  and e.state = wanted.state
                  and e.state <> 'completed'
                  and e.run_id < coalesce(:before::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff')
                  and (:job::text is null or e.job = :job::text)
                  and (:queue::text is null or r.queue = :queue::text)
                  and (:tag::text is null or :tag::text = any(r.tags))
                  and (:key::text is null or r.key = :key::text)
                  and (:created_after::timestamptz is null or r.created_at > :created_after::timestamptz)
                  and (:created_before::timestamptz is null or r.created_at < :created_before::timestamptz)
                order by e.run_id desc
                limit :limit) as found
         order by found.run_id desc
         limit :limit) as page
  join kedge.run_summary as v on v.run_id = page.run_id
 order by v.run_id desc
