"""Tell what others made of the service: its vulnerabilities, its licences, its bill of materials."""
