-- What Kedge must write to lease runs, and no more.
with due as materialized (
    select run_id
      from kedge.active_run
     where lane = ?
       and state = 'pending'
       and due
     order by priority desc, run_id
     limit ?
       for update skip locked
),
leased as (
    update kedge.active_run as a
       set state              = 'running',
           epoch              = a.epoch + 1,
           attempt            = a.attempt + 1,
           worker             = ?,
           started_at         = clock_timestamp(),
           attempt_started_at = clock_timestamp()
      from due
     where a.run_id = due.run_id
    returning a.run_id, a.epoch
)
select l.run_id, l.epoch, r.payload
  from leased as l
  join kedge.run as r on r.run_id = l.run_id
