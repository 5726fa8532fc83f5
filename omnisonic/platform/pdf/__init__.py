"""Documents as PDF files. Import `document` where one is made: reportlab costs a process a third of a second."""
