"""On what terms: prices, commitments, held contracts, and their exact bills."""
