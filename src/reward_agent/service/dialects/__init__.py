"""What other systems send and expect, one file a protocol: models of the wire, and both ways of translation."""
