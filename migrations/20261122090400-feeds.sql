-- Extracts from agencies: runs, the records they brought, and the rows that could not be read.

CREATE TABLE feed_run (
  area_id BIGINT NOT NULL REFERENCES area (area_id),
  run_id UUID NOT NULL,
  source TEXT NOT NULL,
  file_name TEXT NOT NULL,
  file_path TEXT NOT NULL,
  file_bytes BIGINT NOT NULL,
  header TEXT NOT NULL,
  started_by UUID,
  state TEXT NOT NULL CHECK (state IN ('waiting', 'running', 'stopping', 'stopped', 'done', 'failed')),
  problem TEXT NOT NULL,
  bytes_read BIGINT NOT NULL,
  line BIGINT NOT NULL,
  rows_new BIGINT NOT NULL,
  rows_same BIGINT NOT NULL,
  rows_bad BIGINT NOT NULL,
  rows_matched BIGINT NOT NULL,
  people_new BIGINT NOT NULL,
  started_at BIGINT NOT NULL,
  ended_at BIGINT,
  PRIMARY KEY (area_id, run_id)
);

CREATE TABLE feed_record (
  area_id BIGINT NOT NULL,
  source TEXT NOT NULL,
  record_key TEXT NOT NULL,
  content_hash BYTEA NOT NULL,
  person_id UUID,
  body TEXT NOT NULL,
  run_id UUID NOT NULL,
  recorded_at BIGINT NOT NULL,
  PRIMARY KEY (area_id, source, record_key),
  FOREIGN KEY (area_id, person_id) REFERENCES person (area_id, person_id),
  FOREIGN KEY (area_id, run_id) REFERENCES feed_run (area_id, run_id)
);

CREATE INDEX feed_record_of_person ON feed_record (area_id, person_id);

CREATE TABLE feed_bad_row (
  area_id BIGINT NOT NULL,
  run_id UUID NOT NULL,
  line BIGINT NOT NULL,
  column_name TEXT NOT NULL,
  reason TEXT NOT NULL,
  raw TEXT NOT NULL,
  mended_at BIGINT,
  PRIMARY KEY (area_id, run_id, line),
  FOREIGN KEY (area_id, run_id) REFERENCES feed_run (area_id, run_id)
);

CREATE TABLE feed_word (
  area_id BIGINT NOT NULL,
  word TEXT NOT NULL,
  source TEXT NOT NULL,
  record_key TEXT NOT NULL,
  PRIMARY KEY (area_id, word, source, record_key)
);
