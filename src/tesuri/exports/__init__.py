"""Findings and verdicts in the words of other tools: JSON, Markdown, SARIF, JUnit."""
