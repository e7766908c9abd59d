-- Submit one run through the reviewed function: in a caller's own transaction, or because it has a
-- business key or an ordering key and so may have to wait for somebody else's.
select kedge.enqueue(
    namespace    => :namespace,
    job          => :job,
    payload      => :payload,
    run_id       => :run,
    queue        => :queue::text,
    priority     => :priority::int,
    due_at       => :due_at::timestamptz,
    delay_ms     => :delay_ms::bigint,
    key          => :key::text,
    expires_at   => :expires_at::timestamptz,
    max_attempts => :max_attempts::int,
    timeout_ms   => :timeout_ms::bigint,
    tags         => :tags::text[],
    metadata     => :metadata::bytea,
    origin       => :origin::uuid,
    ring         => :ring,
    concurrency_key => :concurrency_key::text,
    ordering_key => :ordering_key::text,
    submitted_by => :submitted_by::text,
    submitter_role => :submitter_role::text,
    submitter_email => :submitter_email::text)
