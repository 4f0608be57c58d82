-- What rows were before they were changed or went: with it, anything can be shown as it was known at a moment.
-- A row without a body was not there until then. subject_id is whom or what it was of.

CREATE TABLE past_row (
  area_id BIGINT NOT NULL REFERENCES area (area_id),
  table_name TEXT NOT NULL,
  row_key TEXT NOT NULL,
  until_at BIGINT NOT NULL,
  subject_id UUID NOT NULL,
  body TEXT,
  PRIMARY KEY (area_id, table_name, row_key, until_at)
);

CREATE INDEX past_row_of ON past_row (area_id, subject_id, until_at);
