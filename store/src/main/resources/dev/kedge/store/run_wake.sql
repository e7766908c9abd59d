-- Wake runs that sleep and of whose waits one is over. The caller has locked them in an earlier
-- statement.
with woken as (
    update kedge.active_run as a
       set state = 'pending', due = true, due_at = clock_timestamp()
     where a.run_id = any(:run_ids::uuid[])
       and a.state = 'sleeping'
    returning a.lane, a.namespace, a.job
),
counted as (
    insert into kedge.run_tally_change (namespace, job, state, runs)
    select namespace, job, change.state, change.sign * count(*)
      from woken
     cross join (values ('sleeping', -1), ('pending', 1)) as change (state, sign)
     group by namespace, job, change.state, change.sign
)
select lane
  from woken
