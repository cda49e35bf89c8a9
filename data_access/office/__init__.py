"""What the office itself decides and writes: days closed, reports excused, warnings accepted, notices, matters."""
