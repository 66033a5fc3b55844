"""Methods compared over tasks: what was asked for is run once, kept, and ranked."""
