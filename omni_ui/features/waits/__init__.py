"""Where the wait comes from: a thin bar below each result, with a legend in words."""
