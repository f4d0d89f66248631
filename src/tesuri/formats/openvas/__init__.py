"""Greenbone's two exports of an OpenVAS scan: the XML report and the table of its results."""
