"""What people read: diagnostics, findings, traces, as text for terminals and files. Nothing here decides anything."""
