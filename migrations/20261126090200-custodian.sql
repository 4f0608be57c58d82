-- Organisations outside the area whose systems may ask the index, and what they were answered.

CREATE TABLE organisation (
  area_id BIGINT NOT NULL REFERENCES area (area_id),
  organisation_id UUID NOT NULL,
  code TEXT NOT NULL CHECK (code <> ''),
  name TEXT NOT NULL CHECK (name <> ''),
  token_hash BYTEA NOT NULL,
  added_at BIGINT NOT NULL,
  ended_at BIGINT,
  PRIMARY KEY (area_id, organisation_id)
);

CREATE UNIQUE INDEX organisation_code ON organisation (area_id, code) WHERE ended_at IS NULL;
CREATE UNIQUE INDEX organisation_token ON organisation (area_id, token_hash);

CREATE TABLE custodian_answer (
  area_id BIGINT NOT NULL,
  answer_id UUID NOT NULL,
  organisation_id UUID NOT NULL,
  purpose TEXT NOT NULL,
  mode TEXT NOT NULL CHECK (mode IN ('existence', 'content')),
  agreements TEXT NOT NULL,
  answered TEXT NOT NULL CHECK (answered IN ('held', 'not_disclosed', 'denied', 'too_often')),
  asked_at BIGINT NOT NULL,
  PRIMARY KEY (area_id, answer_id),
  FOREIGN KEY (area_id, organisation_id) REFERENCES organisation (area_id, organisation_id)
);

CREATE INDEX custodian_answer_to ON custodian_answer (area_id, organisation_id, asked_at);
