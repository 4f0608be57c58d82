-- People who sign in, what they may, and what keeps some records from them.

CREATE TABLE agency (
  area_id BIGINT NOT NULL REFERENCES area (area_id),
  agency_id UUID NOT NULL,
  code TEXT NOT NULL,
  name TEXT NOT NULL,
  kind TEXT NOT NULL,
  sensitive BIGINT NOT NULL,
  tells_place BIGINT NOT NULL,
  PRIMARY KEY (area_id, agency_id),
  UNIQUE (area_id, code)
);

CREATE TABLE practitioner (
  area_id BIGINT NOT NULL,
  practitioner_id UUID NOT NULL,
  agency_id UUID NOT NULL,
  name TEXT NOT NULL CHECK (name <> ''),
  job TEXT NOT NULL,
  email TEXT NOT NULL CHECK (email <> ''),
  telephone TEXT NOT NULL,
  password_hash TEXT,
  second_factor BYTEA,
  second_factor_at BIGINT,
  second_factor_step BIGINT,
  left_at BIGINT,
  version BIGINT NOT NULL,
  PRIMARY KEY (area_id, practitioner_id),
  UNIQUE (area_id, email),
  FOREIGN KEY (area_id, agency_id) REFERENCES agency (area_id, agency_id)
);

CREATE TABLE practitioner_role (
  area_id BIGINT NOT NULL,
  practitioner_id UUID NOT NULL,
  role TEXT NOT NULL,
  PRIMARY KEY (area_id, practitioner_id, role),
  FOREIGN KEY (area_id, practitioner_id) REFERENCES practitioner (area_id, practitioner_id)
);

CREATE TABLE team (
  area_id BIGINT NOT NULL,
  team_id UUID NOT NULL,
  agency_id UUID NOT NULL,
  name TEXT NOT NULL,
  PRIMARY KEY (area_id, team_id),
  UNIQUE (area_id, agency_id, name),
  FOREIGN KEY (area_id, agency_id) REFERENCES agency (area_id, agency_id)
);

CREATE TABLE team_member (
  area_id BIGINT NOT NULL,
  team_id UUID NOT NULL,
  practitioner_id UUID NOT NULL,
  part TEXT NOT NULL CHECK (part IN ('member', 'manager')),
  PRIMARY KEY (area_id, team_id, practitioner_id),
  FOREIGN KEY (area_id, team_id) REFERENCES team (area_id, team_id),
  FOREIGN KEY (area_id, practitioner_id) REFERENCES practitioner (area_id, practitioner_id)
);

CREATE INDEX team_member_by_practitioner ON team_member (area_id, practitioner_id, team_id);

CREATE TABLE credential (
  area_id BIGINT NOT NULL,
  practitioner_id UUID NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('clearance', 'training')),
  valid_until TEXT NOT NULL,
  recorded_at BIGINT NOT NULL,
  recorded_by UUID,
  PRIMARY KEY (area_id, practitioner_id, kind, recorded_at),
  FOREIGN KEY (area_id, practitioner_id) REFERENCES practitioner (area_id, practitioner_id)
);

CREATE TABLE session (
  area_id BIGINT NOT NULL,
  session_hash BYTEA NOT NULL,
  practitioner_id UUID NOT NULL,
  csrf TEXT NOT NULL,
  started_at BIGINT NOT NULL,
  seen_at BIGINT NOT NULL,
  second_factor_at BIGINT,
  ended_at BIGINT,
  PRIMARY KEY (area_id, session_hash),
  FOREIGN KEY (area_id, practitioner_id) REFERENCES practitioner (area_id, practitioner_id)
);

CREATE INDEX session_by_practitioner ON session (area_id, practitioner_id, ended_at);

CREATE TABLE sign_in_attempt (
  area_id BIGINT NOT NULL REFERENCES area (area_id),
  throttle_key TEXT NOT NULL,
  failures BIGINT NOT NULL,
  blocked_until BIGINT NOT NULL,
  PRIMARY KEY (area_id, throttle_key)
);

CREATE TABLE invitation (
  area_id BIGINT NOT NULL,
  token_hash BYTEA NOT NULL,
  practitioner_id UUID NOT NULL,
  expires_at BIGINT NOT NULL,
  used_at BIGINT,
  PRIMARY KEY (area_id, token_hash),
  FOREIGN KEY (area_id, practitioner_id) REFERENCES practitioner (area_id, practitioner_id)
);

CREATE TABLE recovery_code (
  area_id BIGINT NOT NULL,
  practitioner_id UUID NOT NULL,
  code_hash BYTEA NOT NULL,
  used_at BIGINT,
  PRIMARY KEY (area_id, practitioner_id, code_hash),
  FOREIGN KEY (area_id, practitioner_id) REFERENCES practitioner (area_id, practitioner_id)
);
