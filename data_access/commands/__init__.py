"""The command line: one module a group of commands, and the shape of their answers."""
