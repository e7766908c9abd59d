-- Whether a token is revoked: by its id, or because it was issued too early. By the primary key.
select exists (
    select from kedge.revocation
     where principal = :principal
       and (token = '' and before >= :issued_at or token <> '' and token = :token)) as revoked
