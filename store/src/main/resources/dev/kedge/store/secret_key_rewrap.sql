-- Store a key as another has wrapped it, unless that was done meanwhile.
update kedge.secret_key
   set wrapped_by = :wrapped_by,
       wrapped    = :wrapped
 where key_id = :key_id
   and wrapped_by = :was_wrapped_by
