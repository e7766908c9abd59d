-- How many runs of a namespace are in each state, by job: the sums and what is not folded in yet.
select job, state, sum(runs)::bigint as runs
  from (select job, state, runs from kedge.run_tally where namespace = :namespace
        union all
        select job, state, runs from kedge.run_tally_change where namespace = :namespace) as both_of
 group by job, state
having sum(runs) <> 0
 order by job, state
