// Facts told as so, planned or rumored here and denied there: the strongest claim on either side, the latest among
// equals.
//
// group   certainty
// param   limit               integer=100  rows at most
// also    as_of known_by undated
// return  subject             string       name
// return  relation            string       the kind of fact
// return  object              string       name
// return  detail              string       measure or metric, where that is part of the fact
// return  modality            string       how sure the strongest claim is
// return  held_by             integer      how many claims hold it
// return  denied_by           integer      how many deny it
// return  date                string       when it happened, by the strongest claim
// return  publisher           string       who published that claim
// return  evidence            string       its sentence
// return  claim               string       its id
// return  denial_date         string       since when it is not so, by the denial
// return  denial_publisher    string       who published the denial
// return  denial_attribution  list         to whom the document credits it
// return  denial              string       its sentence
// return  denial_claim        string       its id
// example
MATCH (a:Entity)-[f]->(b:Entity)
WHERE f.denied > 0 AND f.denied < f.claims
MATCH (c:Claim {fact: f.id})
WHERE ($as_of = '' OR c.date <= $as_of + '~' OR (c.date IS NULL AND $undated = true))
  AND ($as_of = '' OR c.end_date IS NULL OR c.end_date + '~' >= $as_of)
  AND ($known_by = '' OR c.published <= $known_by + '~' OR (c.published IS NULL AND $undated = true))
WITH a, f, b, c
ORDER BY CASE c.modality WHEN 'stated' THEN 3 WHEN 'expected' THEN 2 WHEN 'rumored' THEN 1 ELSE 0 END DESC,
         coalesce(c.published, '') DESC, c.id DESC
WITH a, f, b, count(c) AS claims, sum(CASE c.modality WHEN 'denied' THEN 1 ELSE 0 END) AS denials,
     collect(CASE WHEN c.modality <> 'denied' THEN c.id END) AS holding,
     collect(CASE WHEN c.modality = 'denied' THEN c.id END) AS denying
WITH a, f, b, claims, denials, head(holding) AS held, head(denying) AS refused
WHERE denials > 0 AND denials < claims
MATCH (yes:Claim {id: held})
MATCH (no:Claim {id: refused})
RETURN a.name AS subject, f.relation AS relation, b.name AS object, coalesce(f.measure, f.metric) AS detail,
       yes.modality AS modality, claims - denials AS held_by, denials AS denied_by, yes.date AS date,
       yes.publisher AS publisher, yes.evidence AS evidence, yes.id AS claim, no.date AS denial_date,
       no.publisher AS denial_publisher, no.attribution AS denial_attribution, no.evidence AS denial,
       no.id AS denial_claim
ORDER BY relation, subject, object, claim LIMIT $limit
