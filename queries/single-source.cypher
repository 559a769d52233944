// Facts that only one publisher reports; documents without a publisher count as one.
//
// param   limit     integer=100  rows at most
// return  subject   string       name
// return  relation  string       the kind of fact
// return  object    string       name
// return  claims    integer      how many claims say so
// return  modality  string       the strongest of the claims
// return  first     string       the date that begins first
// return  fact      string       its id
MATCH (s:Entity)-[f]->(o:Entity)
WHERE f.publishers = 1 AND type(f) <> 'DENIED'
RETURN s.name AS subject, f.relation AS relation, o.name AS object, f.claims AS claims, f.modality AS modality,
       f.first AS first, f.id AS fact
ORDER BY subject, relation, object, fact LIMIT $limit
