-- The same, beyond the first thousand records. Index: step_of_long_journal (run_id, position) where
-- position > 1000.
select *
  from (select s.*, sum(octet_length(s.output)) over (order by s.position) as bytes,
               row_number() over (order by s.position) as number
          from (select *
                  from kedge.step
                 where run_id = :run
                   and position > 1000
                   and position > :position
                 order by position
                 limit :limit) as s) as page
 where bytes is null or bytes <= :bytes or number = 1
 order by position
