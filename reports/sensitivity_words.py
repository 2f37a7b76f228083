"""What moves the cost most, in words that screen and workbook share."""

from optimizer.plan_sensitivity import EndOutcome, Sensitivity, SensitivityEnd, SensitivityEnded

DEARER, CHEAPER, NOT_DISTINGUISHABLE = "dearer", "cheaper", "not distinguishable"
_WORDS = {
    EndOutcome.SOLVED: "solved",
    EndOutcome.IMPOSSIBLE: "impossible",
    EndOutcome.REFUSED: "refused",
    EndOutcome.NOT_SOLVED: "not solved",
}
_ENDED = {
    SensitivityEnded.FINISHED: "",
    SensitivityEnded.TIME_LIMIT: "; then the time was over",
    SensitivityEnded.STOPPED_BY_USER: "; then the user stopped",
}


def outcome_word(outcome: EndOutcome) -> str:
    """What stands in the place of a cost."""
    return _WORDS[outcome]


def end_words(end: SensitivityEnd) -> str:
    """What changes on the buy list at an end, or why there is no plan; blank where neither is to be told."""
    if end.reason:
        return f"{end.value}: {_WORDS[end.outcome]}: {end.reason}"
    return f"{end.value}: {', '.join(end.buy_changes)}" if end.buy_changes else ""


def how_it_ended(told: Sensitivity) -> str:
    """How many scenarios were solved, and why no more."""
    plural = "scenario was" if told.solves == 1 else "scenarios were"
    return f"{told.solves} {plural} solved for it{_ENDED[told.ended]}"
