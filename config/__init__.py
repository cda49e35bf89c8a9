"""Settings, clock, languages and catalogues: what an office may change without touching code."""
