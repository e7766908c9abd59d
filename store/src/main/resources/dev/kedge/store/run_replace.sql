-- A pending run gives way to a newer submission with the same business key: it is taken out, and
-- the new one takes its place in the same transaction. Its id lives on, so the submission's row is
-- replaced whole.
with gone as (
    delete from kedge.active_run
     where run_id = :run
       and epoch = :epoch
       and state <> 'running'
    returning run_id, namespace, job, state
),
counted as (
    insert into kedge.run_tally_change (namespace, job, state, runs)
    select namespace, job, state, -1
      from gone
)
delete from kedge.run as r
 using gone
 where r.run_id = gone.run_id
returning r.run_id
