-- How much there is to replay. No later record may get a position that an earlier one has seen, so
-- the last position counts what was seen as well: a step that was reopened has lost its own.
select count(position)::int as entries,
       coalesce(max(greatest(position, seen)), 0) as last_position
  from (select position, seen from kedge.step where run_id = :run
        union all
        select null, seen from kedge.wait where run_id = :run) as journal
