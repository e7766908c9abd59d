-- Jobs of a namespace, by name.
select *
  from kedge.job
 where namespace = :namespace
   and removed_at is null
   and (:after::text is null or name > :after::text)
 order by name
 limit :limit
