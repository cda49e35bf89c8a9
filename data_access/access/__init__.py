"""Coming in and staying in: passwords, throttles, sign-ins, visits, and who may be the first."""
