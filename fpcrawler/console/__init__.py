"""The terminal side of commands: messages, progress, summary, exit codes."""
