"""When a finding's time runs: its clock out of the journal, since when there is a fix, when it ends."""
