"""Turns the raw data folder into catalog/bundled: run by hand, never imported at run time.

    python -m catalog.bundling --data DIR [--out catalog/bundled]

The same raw files give the same bytes.
"""
