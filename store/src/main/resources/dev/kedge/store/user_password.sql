-- Gives a user another hash: of a new password, or of the same one made more carefully.
update kedge.user_account
   set password = :password
 where user_id = :id
   and (:instead_of::text is null or password = :instead_of::text)
