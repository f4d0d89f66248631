"""The audit of npm before version 7 (`report`), and of Yarn, which writes one line for each advisory (`yarn`)."""
