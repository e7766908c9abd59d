-- Put back what could not be done in one go.
insert into kedge.outbox (kind, subject)
select kind, subject
  from unnest(:kinds::text[], :subjects::uuid[]) as o (kind, subject)
