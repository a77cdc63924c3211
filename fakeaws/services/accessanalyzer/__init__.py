"""IAM Access Analyzer: policies checked, and who outside may come to what. Analyzers and archive rules are declared."""
