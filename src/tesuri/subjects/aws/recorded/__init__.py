"""Recorded answers of the AWS API → canonical resources."""
