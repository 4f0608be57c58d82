-- The secret address at which somebody's own calendar program reads what they have planned; kept as a digest.

CREATE TABLE calendar_key (
  area_id BIGINT NOT NULL,
  practitioner_id UUID NOT NULL,
  key_hash BYTEA NOT NULL,
  made_at BIGINT NOT NULL,
  PRIMARY KEY (area_id, practitioner_id),
  FOREIGN KEY (area_id, practitioner_id) REFERENCES practitioner (area_id, practitioner_id)
);

CREATE UNIQUE INDEX calendar_key_hash ON calendar_key (area_id, key_hash);
