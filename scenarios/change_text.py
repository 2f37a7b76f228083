"""Changes as they are written on a command line."""

import re

from catalog.findings import Code, Finding, InputRejected, Location, shown
from scenarios.changes import Change, Given, Verb

_PATH = r"[A-Za-z_]+[.\[][^=\s]*"
_ADD = re.compile(rf"(?P<path>{_PATH})(\s+like\s+(?P<like>\S+))?(\s+with\s+(?P<cells>.+))?", re.DOTALL)
_CELL = re.compile(r"(?P<column>[a-z][a-z0-9_]*)\s*=(?P<value>.*)", re.DOTALL)
_NEXT_CELL = re.compile(r",\s*(?=[a-z][a-z0-9_]*\s*=)")


def parse_set(text: str) -> Change:
    """The change that PATH=VALUE asks for; InputRejected if it is not written so.

    >>> parse_set("contracts.acme-3y.price_usd_per_node_hour = -10%").value
    '-10%'
    """
    path, equals, value = text.partition("=")
    if not equals or not path.strip():
        raise _not_a_change(text, "PATH=VALUE", "write for example contracts.NAME.price_usd_per_node_hour=-10%")
    return Change(verb=Verb.SET, path=path.strip(), value=value.strip())


def parse_remove(text: str) -> Change:
    """The change that takes out a row, or a key of scenario.yaml; InputRejected if no path is given.

    >>> str(parse_remove("contracts.acme-3y"))
    'remove contracts.acme-3y'
    """
    if not re.fullmatch(_PATH, text.strip()):
        raise _not_a_change(text, "the path of a row", "write for example contracts.NAME")
    return Change(verb=Verb.REMOVE, path=text.strip())


def parse_add(text: str) -> Change:
    """The change that adds a row: PATH like KEY with COLUMN=VALUE, ...; InputRejected if it is not written so.

    >>> str(parse_add("contracts.acme-4y like acme-3y with term_months=48, price_usd_per_node_hour=-5%"))
    'add contracts.acme-4y like acme-3y with term_months=48, price_usd_per_node_hour=-5%'
    """
    form = "PATH like KEY with COLUMN=VALUE, COLUMN=VALUE"
    hint = "write for example contracts.NEW like OLD with term_months=48"
    match = _ADD.fullmatch(text.strip())
    if match is None or not (match["like"] or match["cells"]):
        raise _not_a_change(text, form, hint)
    cells = [_CELL.fullmatch(cell.strip()) for cell in _NEXT_CELL.split(match["cells"] or "")] if match["cells"] else []
    if None in cells:
        raise _not_a_change(text, form, hint)
    given = tuple(Given(column=cell["column"], value=cell["value"].strip()) for cell in cells if cell is not None)
    return Change(verb=Verb.ADD, path=match["path"], like=match["like"] or "", cells=given)


def _not_a_change(text: str, expected: str, hint: str) -> InputRejected:
    found = shown(text) if text else "nothing"
    return InputRejected([Finding(Code.NOT_A_CHANGE, Location("change"), found, expected, hint)])
