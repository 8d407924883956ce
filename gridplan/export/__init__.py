"""Write one file for each receiver."""
