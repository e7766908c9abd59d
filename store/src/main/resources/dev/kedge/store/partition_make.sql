-- Make the partitions for this week and the next ones, where they are missing.
select kedge.make_partitions(:weeks) as made
