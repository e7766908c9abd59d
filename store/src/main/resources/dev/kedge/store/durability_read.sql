-- Whether an answer after a commit can be trusted on this server, and whether it can be written to.
select current_setting('fsync') as fsync,
       current_setting('full_page_writes') as full_page_writes,
       current_setting('synchronous_commit') as synchronous_commit,
       current_setting('server_version_num')::int as version,
       pg_is_in_recovery() or current_setting('transaction_read_only')::boolean as read_only
