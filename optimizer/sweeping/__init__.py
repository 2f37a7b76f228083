"""Many what-ifs over one grid: walked like a snake, cut into runs, written one by one, resumed (decision 0025)."""
