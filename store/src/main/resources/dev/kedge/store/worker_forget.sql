-- Forget workers that were swept a while ago.
delete from kedge.worker
 where swept_at < clock_timestamp() - interval '1 day'
