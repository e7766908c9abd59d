-- The records of a run after :position, as many as fit into :bytes. For the head of a journal: it
-- reads all of it along the primary key (run_id, path) and sorts.
select *
  from (select s.*, sum(octet_length(s.output)) over (order by s.position) as bytes,
               row_number() over (order by s.position) as number
          from (select *
                  from kedge.step
                 where run_id = :run
                   and position > :position
                 order by position
                 limit :limit) as s) as page
 where bytes is null or bytes <= :bytes or number = 1
 order by position
