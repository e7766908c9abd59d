-- Take what is to be done, oldest first. It is gone if and only if this transaction commits.
delete from kedge.outbox
 where entry in (select entry
                   from kedge.outbox
                  order by entry
                  limit :limit
                    for update skip locked)
returning entry, kind, subject
