"""Money: what images cost, the limits that they stay under, and what was paid."""
