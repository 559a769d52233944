// What a document says: its claims in the order of its text.
//
// param   document   string       id of the document; the query `documents` lists them
// param   limit      integer=1000 rows at most
// return  subject    string       as the document's claim names it
// return  relation   string       what is said of them
// return  object     string       as the document's claim names it
// return  modality   string       how sure the document is
// return  date       string       when it happened, at the precision told
// return  evidence   string       the sentence
// return  start      integer      where it begins in the text, in characters
// return  claim      string       its id
MATCH (c:Claim)-[:IN]->(:Document {id: $document})
RETURN c.subject AS subject, c.relation AS relation, c.object AS object, c.modality AS modality, c.date AS date,
       c.evidence AS evidence, c.start AS start, c.id AS claim
ORDER BY start, claim LIMIT $limit
