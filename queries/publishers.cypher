// Who publishes: documents, claims and facts of each publisher, and how sure its claims are.
//
// group   sources
// param   limit      integer=100  rows at most
// also    as_of known_by undated
// return  publisher  string       name; nothing for documents without one
// return  documents  integer      with a claim that counts
// return  facts      integer      facts it speaks of
// return  claims     integer      its claims
// return  stated     integer      told as so
// return  expected   integer      as a plan or forecast
// return  rumored    integer      as a rumor
// return  denied     integer      as not so
// return  first      string       published first
// return  last       string       published last
// example
// example known_by=2023
MATCH (c:Claim)-[:IN]->(d:Document)
WHERE ($as_of = '' OR c.date <= $as_of + '~' OR (c.date IS NULL AND $undated = true))
  AND ($as_of = '' OR c.end_date IS NULL OR c.end_date + '~' >= $as_of)
  AND ($known_by = '' OR c.published <= $known_by + '~' OR (c.published IS NULL AND $undated = true))
RETURN d.publisher AS publisher, count(DISTINCT d.id) AS documents, count(DISTINCT c.fact) AS facts, count(c) AS claims,
       sum(CASE c.modality WHEN 'stated' THEN 1 ELSE 0 END) AS stated,
       sum(CASE c.modality WHEN 'expected' THEN 1 ELSE 0 END) AS expected,
       sum(CASE c.modality WHEN 'rumored' THEN 1 ELSE 0 END) AS rumored,
       sum(CASE c.modality WHEN 'denied' THEN 1 ELSE 0 END) AS denied,
       min(d.published) AS first, max(d.published) AS last
ORDER BY claims DESC, publisher LIMIT $limit
