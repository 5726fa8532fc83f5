"""Documents as PDF files. Import `document` where one is made: reportlab is slow to load."""
