-- How long statements of this transaction may wait for a lock; over at its end.
select set_config('lock_timeout', :timeout, true)
