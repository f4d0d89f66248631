"""What lint found in policies, as JUnit XML: errors fail, warnings are skipped with a reason, unread files are errors."""

from collections.abc import Sequence
from xml.sax.saxutils import escape

from tesuri.exports.gate_junit import clean, quoted
from tesuri.model.scp import LintLevel, LintRemark


def render_lint_junit(
    remarks: Sequence[LintRemark], refused: Sequence[str], *, policies: int
) -> str:
    """Give one suite; a policy without a remark passes as a case of its own."""
    failures = sum(one.level is LintLevel.ERROR for one in remarks)
    named = {one.file for one in remarks}
    silent = max(0, policies - len(named) - len(refused))
    cases = [
        *(_case(one) for one in remarks),
        *(
            f"  <testcase classname={quoted('policy')} name={quoted('not read')}>"
            f"<error message={quoted(sentence)}/></testcase>"
            for sentence in refused
        ),
        *(
            f"  <testcase classname={quoted('policy')} name={quoted(f'without a remark {number}')}/>"
            for number in range(1, silent + 1)
        ),
    ]
    figures = (
        f'tests="{len(cases)}" failures="{failures}" errors="{len(refused)}" '
        f'skipped="{len(remarks) - failures}"'
    )
    return "\n".join(
        [
            '<?xml version="1.0" encoding="UTF-8"?>',
            f"<testsuites {figures}>",
            f"<testsuite name={quoted('tesuri scp lint')} {figures}>",
            *cases,
            "</testsuite>",
            "</testsuites>",
            "",
        ]
    )


def _case(remark: LintRemark) -> str:
    name = f"classname={quoted(remark.rule)} name={quoted(f'{remark.file}#{remark.pointer}')}"
    if remark.level is not LintLevel.ERROR:
        return f"  <testcase {name}><skipped message={quoted(remark.message)}/></testcase>"
    body = escape(clean(remark.remedy))
    return (
        f"  <testcase {name}><failure message={quoted(remark.message)}>{body}</failure></testcase>"
    )
