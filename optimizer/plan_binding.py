"""What holds with equality in a plan, as a plain record."""

from catalog.records import Id, Record, Text


class BindingRule(Record):
    """A rule that holds with equality somewhere."""

    rule: Id
    """Family of the rule."""
    place: Text
    """Where it binds, in the user's words."""
    times: int
    """In how many months and blocks."""
