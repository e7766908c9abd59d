-- The runs that wait for one of these children.
select distinct run_id
  from kedge.wait
 where child = any(:children::uuid[])
   and over_at is null
