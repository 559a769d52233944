// The documents, the newest first.
//
// param   limit      integer=1000 rows at most
// return  published  string       when it was published
// return  publisher  string       by whom
// return  title      string       its headline
// return  document   string       its id
MATCH (d:Document)
RETURN d.published AS published, d.publisher AS publisher, d.title AS title, d.id AS document
ORDER BY published DESC, title, document LIMIT $limit
