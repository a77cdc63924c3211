"""Values on the wire: HTTP messages, XML, JSON, CBOR, event streams, and what differs by service."""
