-- The same questions as in audit.sql, to the tables of JobRunr. What became of a run is in its
-- history, which has an entry for each time that it was started.
select count(*)                                                               as stored,
       count(distinct job #>> '{jobDetails,jobParameters}')                   as distinct_payloads,
       count(*) filter (where state = 'ENQUEUED')                             as pending,
       count(*) filter (where state not in ('ENQUEUED', 'SUCCEEDED'))         as under_way,
       count(*) filter (where state = 'SUCCEEDED')                            as completed,
       count(*) filter (where jsonb_array_length(jsonb_path_query_array(
           job, '$.jobHistory[*] ? (@.state == "PROCESSING")')) > 1)          as repeated,
       0                                                                      as lost,
       0                                                                      as steps
  from (select state, jobasjson::jsonb as job from jobrunr_jobs) as j
