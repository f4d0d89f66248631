"""`tesuri scp`: service control policies, all from files."""
