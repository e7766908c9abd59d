-- As audit.sql, for runs that slept once. What else was carried out meanwhile is not looked at.
select (select count(*) from kedge.run where job = 'sleeper')                   as stored,
       (select count(distinct payload) from kedge.run where job = 'sleeper')    as distinct_payloads,
       (select count(*) from kedge.active_run
         where job = 'sleeper' and state = 'pending')                           as pending,
       (select count(*) from kedge.active_run
         where job = 'sleeper' and state <> 'pending')                          as under_way,
       (select count(*) from kedge.ended_run
         where job = 'sleeper' and state = 'completed')                         as completed,
       (select count(*) from kedge.ended_run where job = 'sleeper' and attempt <> 1)
           + (select count(*) from kedge.attempt)                               as repeated,
       (select count(*)
          from kedge.run as r
         where r.job = 'sleeper'
           and not exists (select from kedge.step as s
                            where s.run_id = r.run_id and s.kind = 'sleep'))     as lost,
       0                                                                        as steps
