"""HTTP answers with kept files, from this disk or from a bucket."""
