"""How often audits err: simulated audits whose truth is known, judged by whorl's own code."""
