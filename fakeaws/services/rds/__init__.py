"""Amazon RDS, which is also the API of Neptune and DocumentDB: their clusters are its clusters, of other engines."""
