"""An explanation with the places of what it cites, where the inputs were read from files."""

from collections.abc import Iterator
from contextlib import contextmanager

from optimizer.diagnosing.records import CitedInput, LeastChange, WhyImpossible
from optimizer.diagnosing.words import reasons_of
from optimizer.faults import Impossible
from scenarios.changing_rows import KEY_SEPARATOR
from scenarios.input_paths import root_of, short_place
from scenarios.loaded import Places
from scenarios.loading_tables import SPECS


@contextmanager
def placed(places: Places) -> Iterator[None]:
    """Add file and line to what an explanation cites; the fault goes on upwards."""
    try:
        yield
    except Impossible as impossible:
        if impossible.why is None:
            raise
        why = with_places(impossible.why, places)
        raise Impossible(reasons_of(why), why) from None


def with_places(why: WhyImpossible, places: Places) -> WhyImpossible:
    """The explanation with the place of every input that it cites."""

    def cited(each: CitedInput) -> CitedInput:
        return each.model_copy(update={"place": place_of(each.path, places)})

    def changed(each: LeastChange) -> LeastChange:
        return each.model_copy(update={"place": place_of(each.paths[0], places) if len(each.paths) == 1 else ""})

    return why.model_copy(
        update={
            "seen_before": tuple(
                seen.model_copy(update={"inputs": tuple(map(cited, seen.inputs))}) for seen in why.seen_before
            ),
            "conflict": tuple(rule.model_copy(update={"input": cited(rule.input)}) for rule in why.conflict),
            "changes": tuple(map(changed, why.changes)),
            "supply": tuple(map(changed, why.supply)),
        }
    )


def place_of(path: str, places: Places) -> str:
    """File with line or row of a path, or of what it stands in; blank where nothing was typed."""
    root, rest = root_of(path), path.partition(".")[2]
    if root in SPECS:
        for key in (rest, rest.rpartition(".")[0]):
            where = places.of(root, *key.split(KEY_SEPARATOR))
            if where is not None:
                return short_place(where)
        return ""
    while path:
        where = places.setting(path)
        if where is not None:
            return f"{where.file}:{where.line}"
        path = path[: max(path.rfind("."), path.rfind("["), 0)]
    return ""
