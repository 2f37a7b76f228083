"""One file for each kind of terms: the record and its bill."""
