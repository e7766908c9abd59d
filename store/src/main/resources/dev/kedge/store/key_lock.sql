-- Waits until no other submission with one of these keys is under way; held until the end of the
-- transaction. So nobody can take a business key between the look for its holder and the insert, and
-- the places in the order of a key are given out as submissions commit. In one order, so that two
-- batches never wait for each other crosswise. Business keys, ordering keys and the limits of jobs
-- (see run_admit.sql) are kept apart by the seed: 0, 1 and 2.
select pg_advisory_xact_lock(wanted.lock)
  from (select distinct hashtextextended(:namespace || '/' || k.job || '/' || k.key, k.seed) as lock
          from unnest(:jobs::text[], :keys::text[], :seeds::bigint[]) as k (job, key, seed)
         order by lock) as wanted
