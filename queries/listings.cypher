// Listings and filings in progress: claims of a stage that no later stated claim closes by a listing or withdrawal
// of the same firm.
//
// group   people and markets
// param   stages       list=["guidance","filed","approved"]  what counts as in progress, besides listings expected
// param   limit        integer=100                           rows at most
// also    as_of known_by undated
// return  firm         string                                name
// return  relation     string                                LISTS_ON or FILES_WITH
// return  place        string                                the market or authority
// return  stage        string                                how far it is
// return  modality     string                                how sure the claim is
// return  date         string                                when it happened, at the precision told
// return  publisher    string                                who published the claim
// return  published    string                                when
// return  attribution  list                                  to whom the document credits it
// return  evidence     string                                the sentence
// return  claim        string                                id of the claim
// example
// example as_of=2020-06
MATCH (a:Firm)-[:LISTS_ON|FILES_WITH]->(:Entity)
WITH DISTINCT a
OPTIONAL MATCH (a)-[g:LISTS_ON|FILES_WITH]->(:Entity)
OPTIONAL MATCH (k:Claim {fact: g.id})
WHERE k.modality = 'stated' AND k.stage IN ['listed', 'withdrawn']
  AND ($as_of = '' OR k.date <= $as_of + '~' OR (k.date IS NULL AND $undated = true))
  AND ($as_of = '' OR k.end_date IS NULL OR k.end_date + '~' >= $as_of)
  AND ($known_by = '' OR k.published <= $known_by + '~' OR (k.published IS NULL AND $undated = true))
WITH a, count(k) AS closings, max(k.date) AS closed
MATCH (a)-[f:LISTS_ON|FILES_WITH]->(b:Entity)
MATCH (c:Claim {fact: f.id})
WHERE c.modality <> 'denied'
  AND (c.stage IS NULL OR c.stage IN $stages OR (c.stage = 'listed' AND c.modality <> 'stated'))
  AND ($as_of = '' OR c.date <= $as_of + '~' OR (c.date IS NULL AND $undated = true))
  AND ($as_of = '' OR c.end_date IS NULL OR c.end_date + '~' >= $as_of)
  AND ($known_by = '' OR c.published <= $known_by + '~' OR (c.published IS NULL AND $undated = true))
  AND (closings = 0 OR c.date > closed)
RETURN a.name AS firm, f.relation AS relation, b.name AS place, c.stage AS stage, c.modality AS modality,
       c.date AS date, c.publisher AS publisher, c.published AS published, c.attribution AS attribution,
       c.evidence AS evidence, c.id AS claim
ORDER BY firm, relation, place, date, claim LIMIT $limit
