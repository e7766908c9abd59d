-- What follows in this transaction runs as the login again.
select set_config('role', 'none', true)
