"""Review: what comes back of a document that was sent out, read and compared with what was issued."""
