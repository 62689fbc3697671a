-- Roles and database of the platform, once per PostgreSQL server, as its superuser.
-- HEQU_OWNER_PASSWORD, HEQU_APP_PASSWORD and HEQU_PHONES_PASSWORD come by environment. Safe to run again.
--
-- hequ_owner migrates. hequ_app runs the back office and the workers: it owns nothing and cannot step around
-- row-level security; what it may do with tables is granted by the first migration. hequ_phones runs what
-- phones ask: it may write what is on the list of config/database_roles.py, which migrating grants.
\set ON_ERROR_STOP on
\getenv owner_password HEQU_OWNER_PASSWORD
\getenv app_password HEQU_APP_PASSWORD
\getenv phones_password HEQU_PHONES_PASSWORD

SELECT 'CREATE ROLE hequ_owner' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'hequ_owner') \gexec
SELECT 'CREATE ROLE hequ_app' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'hequ_app') \gexec
SELECT 'CREATE ROLE hequ_phones' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'hequ_phones') \gexec

ALTER ROLE hequ_owner WITH LOGIN CREATEDB NOSUPERUSER NOCREATEROLE NOBYPASSRLS PASSWORD :'owner_password';
ALTER ROLE hequ_app WITH LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS PASSWORD :'app_password';
ALTER ROLE hequ_phones WITH LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS PASSWORD :'phones_password';
-- The back office may step down to the phones' role and has nothing of it otherwise; there is no way up.
GRANT hequ_phones TO hequ_app WITH INHERIT FALSE, SET TRUE;
-- Nobody's session looks anywhere but in public, whatever the database or its owner says.
ALTER ROLE hequ_owner SET search_path = public, pg_temp;
ALTER ROLE hequ_app SET search_path = public, pg_temp;
ALTER ROLE hequ_app SET statement_timeout = '30s';
ALTER ROLE hequ_app SET lock_timeout = '10s';
ALTER ROLE hequ_app SET idle_in_transaction_session_timeout = '60s';
ALTER ROLE hequ_phones SET search_path = public, pg_temp;
ALTER ROLE hequ_phones SET statement_timeout = '30s';
ALTER ROLE hequ_phones SET lock_timeout = '10s';
ALTER ROLE hequ_phones SET idle_in_transaction_session_timeout = '60s';

SELECT 'CREATE DATABASE hequ OWNER hequ_owner' WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'hequ') \gexec
