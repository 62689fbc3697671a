-- Roles and database of the platform, once per PostgreSQL server, as its superuser.
-- HEQU_OWNER_PASSWORD and HEQU_APP_PASSWORD come by environment. Safe to run again.
--
-- hequ_owner migrates. hequ_app runs: it owns nothing and cannot step around row-level security; what it may
-- do with tables is granted by the first migration.
\set ON_ERROR_STOP on
\getenv owner_password HEQU_OWNER_PASSWORD
\getenv app_password HEQU_APP_PASSWORD

SELECT 'CREATE ROLE hequ_owner' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'hequ_owner') \gexec
SELECT 'CREATE ROLE hequ_app' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'hequ_app') \gexec

ALTER ROLE hequ_owner WITH LOGIN CREATEDB NOSUPERUSER NOCREATEROLE NOBYPASSRLS PASSWORD :'owner_password';
ALTER ROLE hequ_app WITH LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS PASSWORD :'app_password';
-- Nobody's session looks anywhere but in public, whatever the database or its owner says.
ALTER ROLE hequ_owner SET search_path = public, pg_temp;
ALTER ROLE hequ_app SET search_path = public, pg_temp;
ALTER ROLE hequ_app SET statement_timeout = '30s';
ALTER ROLE hequ_app SET lock_timeout = '10s';
ALTER ROLE hequ_app SET idle_in_transaction_session_timeout = '60s';

SELECT 'CREATE DATABASE hequ OWNER hequ_owner' WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'hequ') \gexec
