// Rivals of a firm, its products included, by how many claims say so.
//
// param   firm        string       name of the firm, e.g. 'NVIDIA'
// param   limit       integer=100  rows at most
// return  rival       string       name of the rival
// return  label       string       Firm, Chip or Product
// return  claims      integer      how many claims say so
// return  publishers  integer      by how many publishers
// return  modality    string       the strongest of the claims
MATCH (:Firm {name: $firm})-[f:COMPETES_WITH]-(rival:Entity)
RETURN rival.name AS rival, rival.label AS label, f.claims AS claims, f.publishers AS publishers, f.modality AS modality
ORDER BY claims DESC, rival, label LIMIT $limit
