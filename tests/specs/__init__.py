"""What a user sees of whole runs: files, screens and exit codes."""
