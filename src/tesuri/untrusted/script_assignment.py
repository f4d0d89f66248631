"""A JSON value that a tool wrote as a script, so that its own HTML page can load it from a file.

Only one assignment of a plain name at the very start is taken away (`scoutsuite_results =`); nothing is ever run.
"""

import re

_ASSIGNMENT = re.compile(rb"\s*(?:(?:var|let|const)\s+)?[A-Za-z_$][\w$.]{0,99}\s*=\s*(?=[{\[])")


def assignment_end(head: bytes) -> int:
    """Give where the value begins after an assignment; 0 where there is none."""
    match = _ASSIGNMENT.match(head)
    return match.end() if match else 0


def without_assignment(document: bytes) -> bytes:
    """Give the value alone, without the semicolon after it; any other document stays as it is."""
    match = _ASSIGNMENT.match(document)
    return document[match.end() :].rstrip().removesuffix(b";") if match else document
