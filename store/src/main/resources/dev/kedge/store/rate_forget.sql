-- Drop starts that no limit counts any more.
delete from kedge.rate_slot as s
 where not exists (select
                     from kedge.job as j
                    where j.namespace = s.namespace
                      and j.name = s.job
                      and s.last_at > clock_timestamp() - j.rate_per_ms * interval '1 millisecond')
