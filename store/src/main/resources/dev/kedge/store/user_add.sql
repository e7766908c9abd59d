-- A new user; none where the e-mail address is taken.
insert into kedge.user_account (user_id, email, password)
values (:id, :email, :password)
on conflict on constraint email_taken do nothing
returning user_id, email, password, created_at, disabled_at, signed_in_at
