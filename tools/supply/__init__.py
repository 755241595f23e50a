"""What the service is made of that others made: its vulnerabilities, its licences, its bill of materials."""
