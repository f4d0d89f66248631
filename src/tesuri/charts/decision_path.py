"""The line that joins the chosen answers of two neighbouring questions of a decision."""

_ROW = 28
_HALF = 14


def path_link(chosen: int, next_chosen: int, rows: int) -> str:
    """Draw from the chosen row (0-based) of one column to that of the next; `rows` is the taller."""
    start, end = _HALF + _ROW * chosen, _HALF + _ROW * next_chosen
    height = _ROW * rows
    return (
        f'<svg class="link" viewBox="0 0 100 {height}" height="{height}" '
        f'preserveAspectRatio="none" aria-hidden="true">'
        f'<path d="M0 {start}C50 {start} 50 {end} 100 {end}"/></svg>'
    )
