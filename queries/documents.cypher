// The documents, the newest first, with how many of their claims count.
//
// group   sources
// param   limit      integer=1000  rows at most
// also    as_of known_by undated
// return  published  string        when it was published
// return  publisher  string        by whom
// return  title      string        its headline
// return  claims     integer       claims that count
// return  document   string        its id
// example
// example known_by=2022
MATCH (d:Document)
WHERE $known_by = '' OR d.published <= $known_by + '~' OR (d.published IS NULL AND $undated = true)
OPTIONAL MATCH (c:Claim)-[:IN]->(d)
WHERE ($as_of = '' OR c.date <= $as_of + '~' OR (c.date IS NULL AND $undated = true))
  AND ($as_of = '' OR c.end_date IS NULL OR c.end_date + '~' >= $as_of)
  AND ($known_by = '' OR c.published <= $known_by + '~' OR (c.published IS NULL AND $undated = true))
WITH d, count(c) AS claims
WHERE claims > 0 OR $as_of = ''
RETURN d.published AS published, d.publisher AS publisher, d.title AS title, claims AS claims, d.id AS document
ORDER BY published DESC, title, document LIMIT $limit
