"""The pot measured: one for all against one for each, beside transactions by hand, and watched by two hundred."""
