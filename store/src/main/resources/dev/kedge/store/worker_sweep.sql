-- What a lost worker held, for the rescue. Losses count anew once a lease has brought a record into
-- the journal: a run that gets on is no poison.
--
-- Index: active_run_held (worker) where state = 'running'.
select a.run_id, a.namespace, a.job, a.epoch, a.failures,
       case when exists (select from kedge.step as s
                          where s.run_id = a.run_id and s.epoch = a.epoch)
            then 0 else a.losses end as losses,
       a.cancel_requested_at, a.cancel_requested_by
  from kedge.active_run as a
 where a.worker = :worker
   and a.state = 'running'
 order by a.run_id
 limit :limit
