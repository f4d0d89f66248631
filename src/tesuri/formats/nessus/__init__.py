"""Tenable's two exports: the .nessus file and the tables of Nessus, Security Center and Vulnerability Management."""
