"""The command line: one small module a command, and `main`, which alone turns exceptions into exit codes."""
