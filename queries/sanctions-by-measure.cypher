// Measures of one kind, or of every kind, that were taken in a period.
//
// group   sanctions
// param   measure      string=      such as export_ban or entity_list; all kinds without it
// param   since        date=        not before
// param   until        date=        not after
// param   limit        integer=100  rows at most
// also    as_of known_by undated denied
// return  measure      string       which kind
// return  authority    string       who restricts
// return  target       string       who or what is restricted
// return  modality     string       how sure the claim is
// return  date         string       when it happened, at the precision told
// return  publisher    string       who published the claim
// return  published    string       when
// return  attribution  list         to whom the document credits it
// return  evidence     string       the sentence
// return  claim        string       id of the claim
// example measure=entity_list since=2022 until=2022
MATCH (a:Regulator)-[f:SANCTIONS|DENIED]->(b:Entity)
WHERE f.relation = 'SANCTIONS' AND ($measure = '' OR f.measure = $measure)
MATCH (c:Claim {fact: f.id})
WHERE ($as_of = '' OR c.date <= $as_of + '~' OR (c.date IS NULL AND $undated = true))
  AND ($as_of = '' OR c.end_date IS NULL OR c.end_date + '~' >= $as_of)
  AND ($known_by = '' OR c.published <= $known_by + '~' OR (c.published IS NULL AND $undated = true))
WITH a, f, b, collect(c.id) AS passing, sum(CASE c.modality WHEN 'denied' THEN 0 ELSE 1 END) AS held
WHERE held > 0 OR $denied = true
MATCH (c:Claim {fact: f.id})
WHERE c.id IN passing
  AND ($since = '' OR c.date + '~' >= $since) AND ($until = '' OR c.date <= $until + '~')
RETURN f.measure AS measure, a.name AS authority, b.name AS target, c.modality AS modality, c.date AS date,
       c.publisher AS publisher, c.published AS published, c.attribution AS attribution, c.evidence AS evidence,
       c.id AS claim
ORDER BY measure, authority, target, date, claim LIMIT $limit
