-- Let runs whose time has come into the index that claims read; says which lanes they are in.
--
-- Index: active_run_later (due_at) where not due. The clock stands in a subquery, because a bare
-- clock_timestamp() is volatile and cannot bound an index scan.
with ripe as materialized (
    select run_id
      from kedge.active_run
     where not due
       and due_at <= (select clock_timestamp())
     order by due_at
     limit :limit
       for update skip locked
)
update kedge.active_run as a
   set due = true
  from ripe
 where a.run_id = ripe.run_id
returning a.lane
