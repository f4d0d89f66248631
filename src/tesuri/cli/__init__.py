"""The command line: parse, call one flow, render. Data goes to standard output, the rest to standard error."""
