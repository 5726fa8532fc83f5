"""The types of the schema: thin views of rows; rules live in the services."""
