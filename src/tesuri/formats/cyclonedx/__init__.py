"""CycloneDX of every use: inventories, vulnerability reports and VEX, in JSON and XML."""
