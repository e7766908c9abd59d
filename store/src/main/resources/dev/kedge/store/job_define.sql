-- Define a job or replace its definition. The very same definition again changes nothing; a removed
-- job comes back under its next version.
insert into kedge.job as j (namespace, name, binding, function, description, enabled, max_attempts,
                            backoff, backoff_delays_ms, jitter, on_worker_lost, max_losses,
                            timeout_ms, progress_timeout_ms, cancel_grace_ms, priority, queue,
                            max_concurrency, on_exceeded, max_concurrency_per_key,
                            rate_limit, rate_per_ms)
values (:namespace, :name, :binding, :function::text, :description::text, :enabled, :max_attempts,
        :backoff, :backoff_delays_ms::bigint[], :jitter, :on_worker_lost, :max_losses,
        :timeout_ms::bigint, :progress_timeout_ms::bigint, :cancel_grace_ms::bigint, :priority,
        :queue, :max_concurrency::int, :on_exceeded, :max_concurrency_per_key::int,
        :rate_limit::int, :rate_per_ms::bigint)
on conflict (namespace, name) do update
   set version             = j.version + 1,
       binding             = excluded.binding,
       function            = excluded.function,
       description         = excluded.description,
       enabled             = excluded.enabled,
       max_attempts        = excluded.max_attempts,
       backoff             = excluded.backoff,
       backoff_delays_ms   = excluded.backoff_delays_ms,
       jitter              = excluded.jitter,
       on_worker_lost      = excluded.on_worker_lost,
       max_losses          = excluded.max_losses,
       timeout_ms          = excluded.timeout_ms,
       progress_timeout_ms = excluded.progress_timeout_ms,
       cancel_grace_ms     = excluded.cancel_grace_ms,
       priority            = excluded.priority,
       queue               = excluded.queue,
       max_concurrency     = excluded.max_concurrency,
       on_exceeded         = excluded.on_exceeded,
       max_concurrency_per_key = excluded.max_concurrency_per_key,
       rate_limit          = excluded.rate_limit,
       rate_per_ms         = excluded.rate_per_ms,
       removed_at          = null,
       paused              = j.paused and j.removed_at is null,
       defined_at          = clock_timestamp()
 where (j.binding, j.function, j.description, j.enabled, j.max_attempts, j.backoff,
        j.backoff_delays_ms, j.jitter, j.on_worker_lost, j.max_losses, j.timeout_ms,
        j.progress_timeout_ms, j.cancel_grace_ms, j.priority, j.queue, j.max_concurrency, j.on_exceeded,
        j.max_concurrency_per_key, j.rate_limit, j.rate_per_ms, j.removed_at)
       is distinct from
       (excluded.binding, excluded.function, excluded.description, excluded.enabled,
        excluded.max_attempts, excluded.backoff, excluded.backoff_delays_ms, excluded.jitter,
        excluded.on_worker_lost, excluded.max_losses, excluded.timeout_ms,
        excluded.progress_timeout_ms, excluded.cancel_grace_ms, excluded.priority, excluded.queue,
        excluded.max_concurrency, excluded.on_exceeded, excluded.max_concurrency_per_key,
        excluded.rate_limit, excluded.rate_per_ms, null::timestamptz)
