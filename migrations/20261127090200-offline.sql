-- Notes taken on a device without a connection, and the devices that keep them until there is one.

CREATE TABLE offline_device (
  area_id BIGINT NOT NULL,
  device_hash BYTEA NOT NULL,
  practitioner_id UUID NOT NULL,
  kept_at BIGINT NOT NULL,
  -- From then on the device erases what it keeps, as soon as it asks.
  erased_at BIGINT,
  PRIMARY KEY (area_id, device_hash),
  FOREIGN KEY (area_id, practitioner_id) REFERENCES practitioner (area_id, practitioner_id)
);

CREATE INDEX offline_device_of ON offline_device (area_id, practitioner_id);

-- A note as it came: its author writes down from it what came of a visit, or puts it away. Its id is the device's, so that it comes once;
-- that another's device chose the same takes nothing away.
CREATE TABLE offline_note (
  area_id BIGINT NOT NULL,
  note_id UUID NOT NULL,
  practitioner_id UUID NOT NULL,
  visit_id UUID,
  words TEXT NOT NULL CHECK (words <> ''),
  written_at BIGINT NOT NULL,
  received_at BIGINT NOT NULL,
  settle_by TEXT NOT NULL,
  settled_at BIGINT,
  settled_words TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (area_id, practitioner_id, note_id),
  FOREIGN KEY (area_id, practitioner_id) REFERENCES practitioner (area_id, practitioner_id),
  FOREIGN KEY (area_id, visit_id) REFERENCES visit (area_id, visit_id)
);

CREATE INDEX offline_note_of ON offline_note (area_id, practitioner_id, written_at) WHERE settled_at IS NULL;
