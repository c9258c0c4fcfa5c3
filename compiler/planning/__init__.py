"""Plans: which requests bring an API to what publications want, and why."""
