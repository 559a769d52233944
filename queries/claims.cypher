// What a document says: its claims in the order of its text, denials too.
//
// group   sources
// param   document     string        id, title or URL of the document; the query `documents` lists them
// param   limit        integer=1000  rows at most
// also    as_of known_by undated
// return  subject      string        as the document's claim names it
// return  relation     string        what is said of them
// return  object       string        as the document's claim names it
// return  modality     string        how sure the document is
// return  date         string        when it happened, at the precision told
// return  attribution  list          to whom the document credits it
// return  evidence     string        the sentence
// return  start        integer       where it begins in the text, in characters
// return  claim        string        id of the claim
// example document='TSMC Chief Rules Out Joint Venture With Intel'
MATCH (d:Document)
WHERE d.id = $document OR d.title = $document OR d.url = $document
MATCH (c:Claim)-[:IN]->(d)
WHERE ($as_of = '' OR c.date <= $as_of + '~' OR (c.date IS NULL AND $undated = true))
  AND ($as_of = '' OR c.end_date IS NULL OR c.end_date + '~' >= $as_of)
  AND ($known_by = '' OR c.published <= $known_by + '~' OR (c.published IS NULL AND $undated = true))
RETURN c.subject AS subject, c.relation AS relation, c.object AS object, c.modality AS modality, c.date AS date,
       c.attribution AS attribution, c.evidence AS evidence, c.start AS start, c.id AS claim
ORDER BY start, claim LIMIT $limit
