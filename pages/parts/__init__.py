"""What several pages share: shell, guard, filter bar, figures, tables, downloads."""
