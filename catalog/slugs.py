"""Text of other people as ids of ours."""

import re
from hashlib import sha256

MOST_CHARACTERS = 64


def slug(text: str) -> str:
    """Text as part of an id.

    >>> slug("TPU-v6e (Trillium)"), slug("Qwen/Qwen3-32B")
    ('tpu-v6e-trillium', 'qwen-qwen3-32b')
    """
    return re.sub(r"[^a-z0-9._]+", "-", text.lower()).strip("-.")


def short_slug(text: str, most: int = MOST_CHARACTERS) -> str:
    """A slug of at most so many characters; what is cut off leaves its mark, so that two long texts stay apart.

    >>> short_slug("H100 SXM"), short_slug("a" * 99, 20)
    ('h100-sxm', 'aaaaaaaaaaa-13284468')
    """
    whole = slug(text)
    if len(whole) <= most:
        return whole
    return f"{whole[: most - 9].rstrip('-.')}-{sha256(whole.encode()).hexdigest()[:8]}"
