"""From the start of the process to the page: what is imported, and when."""
