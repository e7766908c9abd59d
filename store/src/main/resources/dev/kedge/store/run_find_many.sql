-- Many runs, whichever relation they are in; each only in the namespace that it is sought in.
-- The first statement pins the plan (see docs/adr/0009): each run is looked up by key.
select set_config('enable_seqscan', 'off', true),
       set_config('enable_bitmapscan', 'off', true),
       set_config('enable_hashjoin', 'off', true),
       set_config('enable_mergejoin', 'off', true);

select o.*
  from kedge.run_overview as o
 where o.run_id = any(:run_ids::uuid[])
   and (o.namespace, o.run_id) in (select *
                                     from unnest(:namespaces::text[], :run_ids::uuid[]))
