-- Where every run of a lap stands. Each payload carries a number of its own, so that a call which
-- was stored twice shows too.
select (select count(*) from kedge.run)                                    as stored,
       (select count(distinct payload) from kedge.run)                     as distinct_payloads,
       (select count(*) from kedge.active_run where state = 'pending')     as pending,
       (select count(*) from kedge.active_run where state <> 'pending')    as under_way,
       (select count(*) from kedge.ended_run where state = 'completed')    as completed,
       (select count(*) from kedge.ended_run where attempt <> 1 or epoch <> 1)
           + (select count(*) from kedge.attempt)                          as repeated,
       (select count(*) from kedge.step where position is not null)        as steps,
       (select count(*)
          from kedge.run as r
         where not exists (select from kedge.ended_run as e where e.run_id = r.run_id)
           and not exists (select from kedge.active_run as a where a.run_id = r.run_id)) as lost
