-- What a run waits for, or waited for when it was last seen. One whose time has come is over, by
-- the database's clock.
select path, kind, seen, topic, child, wake_at,
       over_at is not null or coalesce(wake_at <= clock_timestamp(), false) as ready
  from kedge.wait
 where run_id = :run
   and namespace = :namespace
 order by opened_at, path
 limit :limit
