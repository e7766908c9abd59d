-- Workers that live, and those that were lost within the last hour.
select w.worker_id, w.host, w.pid, w.slots, w.started_at, w.lost_at,
       (extract(epoch from clock_timestamp() - b.beaten_at) * 1000)::bigint as since_beat_ms,
       (select count(*)
          from kedge.active_run as a
         where a.worker = w.worker_id and a.state = 'running') as running
  from kedge.worker as w
  left join kedge.worker_beat as b on b.worker_id = w.worker_id
 where w.lost_at is null
    or w.lost_at > clock_timestamp() - interval '1 hour'
 order by w.started_at, w.worker_id
 limit 1000
