"""Amazon Lightsail: instances with their addresses, ports and disks; every change leaves an operation."""
