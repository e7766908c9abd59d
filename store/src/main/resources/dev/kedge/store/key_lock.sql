-- Waits until no other submission with one of these business keys is under way; held until the end of
-- the transaction. So nobody can take a key between the look for its holder and the insert. In one
-- order, so that two batches never wait for each other crosswise.
select pg_advisory_xact_lock(wanted.lock)
  from (select distinct hashtextextended(:namespace || '/' || k.job || '/' || k.key, 0) as lock
          from unnest(:jobs::text[], :keys::text[]) as k (job, key)
         order by lock) as wanted
