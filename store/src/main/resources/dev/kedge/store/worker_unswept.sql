-- A lost worker whose runs nobody has taken back yet, locked for doing so.
select worker_id
  from kedge.worker
 where lost_at is not null
   and swept_at is null
 order by lost_at
 limit 1
   for update skip locked
