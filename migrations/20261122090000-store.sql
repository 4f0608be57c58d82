-- What the store itself keeps: areas, the journal, jobs, keys that make a second press harmless, drafts.

CREATE TABLE area (
  area_id BIGINT PRIMARY KEY,
  code TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL
);

CREATE TABLE journal_head (
  area_id BIGINT PRIMARY KEY REFERENCES area (area_id),
  seq BIGINT NOT NULL,
  hash BYTEA NOT NULL
);

CREATE TABLE journal_entry (
  area_id BIGINT NOT NULL REFERENCES area (area_id),
  seq BIGINT NOT NULL,
  at BIGINT NOT NULL,
  act TEXT NOT NULL,
  outcome TEXT NOT NULL CHECK (outcome IN ('done', 'seen', 'refused')),
  actor_id UUID,
  agency_id UUID,
  subject_id UUID,
  rule TEXT NOT NULL,
  payload TEXT,
  salt BYTEA,
  payload_hash BYTEA NOT NULL,
  hash BYTEA NOT NULL,
  erased_at BIGINT,
  PRIMARY KEY (area_id, seq),
  CHECK ((payload IS NULL) = (salt IS NULL)),
  CHECK (payload IS NOT NULL OR erased_at IS NOT NULL)
);

CREATE INDEX journal_entry_by_subject ON journal_entry (area_id, subject_id, seq);
CREATE INDEX journal_entry_by_actor ON journal_entry (area_id, actor_id, seq);

CREATE TABLE journal_checkpoint (
  area_id BIGINT NOT NULL REFERENCES area (area_id),
  seq BIGINT NOT NULL,
  at BIGINT NOT NULL,
  hash BYTEA NOT NULL,
  public_key BYTEA NOT NULL,
  signature BYTEA NOT NULL,
  PRIMARY KEY (area_id, seq)
);

CREATE TABLE job (
  area_id BIGINT NOT NULL REFERENCES area (area_id),
  job_id UUID NOT NULL,
  kind TEXT NOT NULL,
  job_key TEXT,
  payload TEXT NOT NULL,
  run_at BIGINT NOT NULL,
  attempts BIGINT NOT NULL,
  lease_until BIGINT,
  last_error TEXT,
  done_at BIGINT,
  gave_up_at BIGINT,
  PRIMARY KEY (area_id, job_id),
  CHECK (done_at IS NULL OR gave_up_at IS NULL)
);

CREATE UNIQUE INDEX job_once ON job (area_id, kind, job_key) WHERE job_key IS NOT NULL AND done_at IS NULL AND gave_up_at IS NULL;
CREATE INDEX job_due ON job (area_id, run_at) WHERE done_at IS NULL AND gave_up_at IS NULL;

CREATE TABLE once_key (
  area_id BIGINT NOT NULL REFERENCES area (area_id),
  once_key UUID NOT NULL,
  actor_id UUID NOT NULL,
  location TEXT NOT NULL,
  used_at BIGINT NOT NULL,
  PRIMARY KEY (area_id, once_key)
);

CREATE TABLE draft (
  area_id BIGINT NOT NULL REFERENCES area (area_id),
  practitioner_id UUID NOT NULL,
  form TEXT NOT NULL,
  record_id UUID NOT NULL,
  body TEXT NOT NULL,
  saved_at BIGINT NOT NULL,
  PRIMARY KEY (area_id, practitioner_id, form, record_id)
);
