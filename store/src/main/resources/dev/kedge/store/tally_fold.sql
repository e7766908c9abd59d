-- Fold changes of the counts into the sums.
with taken as (
    delete from kedge.run_tally_change
     where ctid = any(array(select ctid
                              from kedge.run_tally_change
                             limit :limit
                               for update skip locked))
    returning namespace, job, state, runs
),
folded as (
    insert into kedge.run_tally as t (namespace, job, state, runs)
    select namespace, job, state, sum(runs)
      from taken
     group by namespace, job, state
     order by namespace, job, state
    on conflict (namespace, job, state) do update
       set runs = t.runs + excluded.runs
)
select count(*) as taken
  from taken
