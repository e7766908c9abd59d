-- End sessions of Kedge that keep a transaction open without doing anything in it: a process that
-- was frozen between two packets. They would hold up the rescue of its runs. A live process never
-- idles in a transaction, so whoever is ended here is presumed dead already.
select pg_terminate_backend(pid) as ended
  from pg_stat_activity
 where datname = current_database()
   and application_name = 'kedge'
   and pid <> pg_backend_pid()
   and wait_event = 'ClientRead'
   and state <> 'idle'
   and xact_start < clock_timestamp() - interval '2 seconds'
