-- A function's row, made if it is not there and locked, so that its versions count on without gaps.
insert into kedge.function as f (namespace, name)
values (:namespace, :function)
on conflict (namespace, name) do update
   set name = f.name
