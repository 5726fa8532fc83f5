#!/bin/sh
# The roles, database and extensions that omnisonic/platform/embedded/database_roles.py makes, for a container.
set -eu
psql -v ON_ERROR_STOP=1 -v owner="$OMNISONIC_OWNER_PASSWORD" -v app="$OMNISONIC_PASSWORD" -U postgres -d postgres <<'SQL'
CREATE ROLE omnisonic_owner LOGIN PASSWORD :'owner';
CREATE ROLE omnisonic LOGIN PASSWORD :'app';
CREATE DATABASE omnisonic OWNER omnisonic_owner;
\connect omnisonic
CREATE EXTENSION IF NOT EXISTS btree_gist;
CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE EXTENSION IF NOT EXISTS unaccent;
REVOKE ALL ON DATABASE omnisonic FROM PUBLIC;
GRANT CONNECT, TEMPORARY ON DATABASE omnisonic TO omnisonic;
ALTER SCHEMA public OWNER TO omnisonic_owner;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO omnisonic;
ALTER DEFAULT PRIVILEGES FOR ROLE omnisonic_owner IN SCHEMA public
  GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO omnisonic;
ALTER DEFAULT PRIVILEGES FOR ROLE omnisonic_owner IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO omnisonic;
ALTER DEFAULT PRIVILEGES FOR ROLE omnisonic_owner IN SCHEMA public GRANT EXECUTE ON FUNCTIONS TO omnisonic;
SQL
