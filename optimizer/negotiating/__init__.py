"""Numbers to negotiate with: brackets and worths whose signs are proven by bounds (decision 0024)."""
