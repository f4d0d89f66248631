"""OWASP Dependency-Check: `report` is the format, `xml_form` brings its XML to the shape of its JSON."""
