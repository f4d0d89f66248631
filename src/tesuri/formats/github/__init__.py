"""GitHub's security alerts as its APIs give them: code scanning, Dependabot, secret scanning."""
