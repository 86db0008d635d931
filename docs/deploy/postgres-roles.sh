#!/usr/bin/env bash
# Runs once, on an empty server, as its superuser: makes the database and its three roles, none of them a superuser.
# baobao_owner migrates, baobao runs the application and owns nothing, baobao_backup dumps past the walls.
set -euo pipefail

psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 --username "${POSTGRES_USER:-postgres}" --dbname postgres <<'SQL'
\getenv owner_password DATABASE_OWNER_PASSWORD
\getenv password DATABASE_PASSWORD
\getenv backup_password DATABASE_BACKUP_PASSWORD
SET password_encryption = 'scram-sha-256';
CREATE ROLE baobao_owner LOGIN NOSUPERUSER NOCREATEROLE CREATEDB PASSWORD :'owner_password';
CREATE ROLE baobao LOGIN NOSUPERUSER NOCREATEROLE NOCREATEDB PASSWORD :'password';
CREATE ROLE baobao_backup LOGIN NOSUPERUSER BYPASSRLS PASSWORD :'backup_password';
GRANT pg_read_all_data TO baobao_backup;
CREATE DATABASE baobao OWNER baobao_owner ENCODING 'UTF8' TEMPLATE template0;
REVOKE ALL ON DATABASE baobao FROM PUBLIC;
GRANT CONNECT, TEMPORARY ON DATABASE baobao TO baobao;
GRANT CONNECT ON DATABASE baobao TO baobao_backup;
\connect baobao
ALTER SCHEMA public OWNER TO baobao_owner;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO baobao, baobao_backup;
SQL
