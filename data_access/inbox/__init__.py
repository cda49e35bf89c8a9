"""What is handed in, from its arrival to its undoing: batches, plans, the order of going in, what the street knows."""
