-- Tell every listener that something changed.
select pg_notify('kedge', message)
  from unnest(:messages::text[]) as message
