// What somebody denies, or says has ended: every denying claim, and how many claims hold the fact.
//
// group   certainty
// param   relation     string=      such as SUPPLIES; all without it
// param   limit        integer=100  rows at most
// also    as_of known_by undated
// return  subject      string       name
// return  relation     string       the kind of fact
// return  object       string       name
// return  detail       string       measure or metric, where that is part of the fact
// return  held         integer      how many claims hold it
// return  denials      integer      how many deny it
// return  modality     string       how sure the claim is
// return  date         string       when it happened, at the precision told
// return  publisher    string       who published the claim
// return  published    string       when
// return  attribution  list         to whom the document credits it
// return  evidence     string       the sentence
// return  claim        string       id of the claim
// example relation=SUPPLIES
// example
MATCH (a:Entity)-[f]->(b:Entity)
MATCH (c:Claim {fact: f.id})
WHERE ($as_of = '' OR c.date <= $as_of + '~' OR (c.date IS NULL AND $undated = true))
  AND ($as_of = '' OR c.end_date IS NULL OR c.end_date + '~' >= $as_of)
  AND ($known_by = '' OR c.published <= $known_by + '~' OR (c.published IS NULL AND $undated = true))
WITH a, f, b, collect(c.id) AS passing, sum(CASE c.modality WHEN 'denied' THEN 0 ELSE 1 END) AS held,
     sum(CASE c.modality WHEN 'denied' THEN 1 ELSE 0 END) AS denials
WHERE denials > 0 AND ($relation = '' OR f.relation = $relation)
MATCH (c:Claim {fact: f.id})
WHERE c.modality = 'denied' AND c.id IN passing
RETURN a.name AS subject, f.relation AS relation, b.name AS object, coalesce(f.measure, f.metric) AS detail,
       held AS held, denials AS denials, c.modality AS modality, c.date AS date, c.publisher AS publisher,
       c.published AS published, c.attribution AS attribution, c.evidence AS evidence, c.id AS claim
ORDER BY relation, subject, object, detail, date, claim LIMIT $limit
